"""The child's program: loads a candidate's file, runs the probe beside it and hands out what it
observed.

Nothing here decides anything. No expected value, seed or check ever enters this process, and
whatever leaves it is judged by its value: code that overrides these functions can only change what
it itself computes.

A job is one of four programs, each a series of stages with one RESULT a stage. The first stage of
each is the set-up, before any of the candidate's text is here: what fails in it is our failure.
    observe   SOURCE -> "load" result, then a result for every CASE
    budget    CASE -> "prepared" result, then SOURCE -> result: code is here only under the clock
    script    SOURCE -> result, after the file has run as `__main__`
    selftest  result: which layers of isolation hold, seen from the candidate's place
"""

from __future__ import annotations

import ast
import inspect
import io
import linecache
import os
import sys
import traceback
import types
from typing import Any, BinaryIO

import torch

from sandbox import protocol, trees
from sandbox.image import lockdown, selftest
from sandbox.image.forbidden import Unparsable, find_forbidden
from sandbox.protocol import Kind

ANSWER_FILE = "answer.py"
PROBE_FILE = "probe.py"
LONGEST_MESSAGE = 2000
_OUT_OF_MEMORY = ("can't allocate memory", "out of memory", "std::bad_alloc")

Report = dict[str, Any]


def serve(source_fd: int, result_fd: int) -> None:
    """Play one job: read it from `source_fd`, write its results to `result_fd`."""
    frames = os.fdopen(source_fd, "rb", buffering=1 << 16, closefd=False)
    kind, payload = protocol.read_frame(lambda size: _exactly(frames, size))
    setup = protocol.load_json(payload)
    if kind is not Kind.SETUP:
        raise protocol.ProtocolError(f"expected SETUP, got {kind.name}")
    limits = setup["limits"]
    lockdown.set_limits(limits["memory_mb"], limits["processes"], limits["disk_mb"])
    if setup["program"] == "budget":
        lockdown.install_filter(threads_only=True)
    sys.stdout = _text_stream(1)
    sys.stderr = _text_stream(2)
    _send(result_fd, {"status": "ok"})
    _PROGRAMS[setup["program"]](setup, frames, result_fd)


def _observe(setup: Report, frames: BinaryIO, result_fd: int) -> None:
    report, answer = _load(setup, _next(frames, Kind.SOURCE))
    _send(result_fd, report)
    if answer is None:
        return
    probe = probe_module(setup["probe"])
    for _ in range(setup["cases"]):
        inputs = _placed(trees.decode(_next(frames, Kind.CASE)), setup)
        _send(result_fd, *_observe_case(probe, answer, inputs))


def _budget(setup: Report, frames: BinaryIO, result_fd: int) -> None:
    probe = probe_module(setup["probe"])
    inputs = _placed(trees.decode(_next(frames, Kind.CASE)), setup)
    prepared = prepare(probe, inputs)
    _send(result_fd, {"status": "ok"})
    report, answer = _load(setup, _next(frames, Kind.SOURCE))
    if answer is None:
        _send(result_fd, report)
    else:
        _send(result_fd, *_observe_case(probe, answer, inputs, prepared))


def _script(setup: Report, frames: BinaryIO, result_fd: int) -> None:
    source = _next(frames, Kind.SOURCE).decode()
    report = _check_source(source, setup)
    if report is None:
        main = _module("__main__", source)
        report = _guarded(lambda: exec(compile(source, ANSWER_FILE, "exec"), main.__dict__))
    _send(result_fd, report)


def _selftest(_setup: Report, _frames: BinaryIO, result_fd: int) -> None:
    _send(result_fd, {"status": "ok", "layers": selftest.probe_layers()})


def rehearse() -> None:
    """Go through a job with an answer of our own, so that the real one finds its steps warm.

    Worth 5 ms of a job's time: code paths and their memory are touched in the spare child.
    """
    setup = {"entry": {"twice": "x"}, "forbidden": {"torch.nn.functional.layer_norm": "rehearsed"}}
    source = (
        "import torch\nfrom torch import nn\n\n\ndef twice(x):\n    return getattr(x, 'mul')(2)\n"
    )
    _, answer = _load(setup, source.encode())
    assert answer is not None
    probe = probe_module(
        "def observe(candidate, inputs):\n    return candidate.twice(inputs['x'])\n"
    )
    inputs = trees.decode(trees.encode({"x": torch.ones(2, 3), "options": [1, 0.5, "same", None]}))
    report, observed = _observe_case(probe, answer, inputs)
    protocol.unpack(protocol.pack(report, observed))
    del sys.modules["answer"]


_PROGRAMS = {"observe": _observe, "budget": _budget, "script": _script, "selftest": _selftest}


def probe_module(source: str) -> types.ModuleType:
    """The question's probe as a module; its own lines show in no traceback."""
    probe = types.ModuleType("probe")
    exec(compile(source, PROBE_FILE, "exec"), probe.__dict__)
    return probe


def prepare(probe: types.ModuleType, inputs: trees.Tree) -> trees.Tree:
    """What the probe makes of the inputs before `observe`, where it has a `prepare`."""
    if not hasattr(probe, "prepare"):
        return inputs
    _settle()
    return probe.prepare(inputs)


def observe(probe: types.ModuleType, answer: types.ModuleType, prepared: trees.Tree) -> bytes:
    """Run the probe from a fixed state of torch, here as in the judge; the observation as bytes."""
    _settle()
    return trees.encode(probe.observe(answer, prepared))


def _settle() -> None:
    # Not torch.manual_seed: it formats a stack for each accelerator that is not there (3 ms).
    torch.default_generator.manual_seed(0)
    if torch.cuda.is_available():
        torch.cuda.manual_seed_all(0)
    torch.set_grad_enabled(True)


def answer_module(source: str) -> types.ModuleType:
    """Execute a solution as the module `answer`."""
    module = _module("answer", source)
    exec(compile(source, ANSWER_FILE, "exec"), module.__dict__)
    return module


def _module(name: str, source: str) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__file__ = ANSWER_FILE
    sys.modules[name] = module
    linecache.cache[ANSWER_FILE] = (len(source), None, source.splitlines(True), ANSWER_FILE)
    return module


def _load(setup: Report, source: bytes) -> tuple[Report, types.ModuleType | None]:
    text = source.decode()
    problem = _check_source(text, setup)
    if problem is not None:
        return problem, None
    loaded: list[types.ModuleType] = []
    report = _guarded(lambda: loaded.append(answer_module(text)))
    if not loaded:
        return {**report, "title": "The file could not be executed"}, None
    problem = _check_entry(loaded[0], setup["entry"])
    return (problem, None) if problem else ({"status": "ok"}, loaded[0])


def _check_source(source: str, setup: Report) -> Report | None:
    try:
        compile(source, ANSWER_FILE, "exec", dont_inherit=True)
        refusals = find_forbidden(source, setup["forbidden"])
    except SyntaxError as error:
        return _problem("Syntax error", f"{error.msg} (line {error.lineno})", error.lineno)
    except (Unparsable, ValueError, MemoryError, RecursionError) as error:
        return _problem("The file cannot be read as Python", str(error) or type(error).__name__)
    if not refusals:
        return None
    first = refusals[0]
    return {
        "status": "refused",
        "title": "Forbidden call",
        "message": first.message,
        "line": first.line,
    }


def _problem(title: str, message: str, line: int | None = None) -> Report:
    return {"status": "error", "title": title, "message": message, "line": line}


def _check_entry(answer: types.ModuleType, entry: dict[str, str]) -> Report | None:
    for name, parameters in entry.items():
        found: Any = answer
        for part in name.split("."):
            found = getattr(found, part, None)
        what = f"`{name}({parameters})`"
        if not callable(found):
            return _problem(
                "Missing definition", f"The file has to define {what}; there is no callable {name}."
            )
        clash = _signature_clash(found, parameters, is_method="." in name)
        if clash:
            message = f"`{name}` is called as {what}, but {clash}."
            return _problem("Wrong signature", message, _first_line(found))
    return None


def _signature_clash(found: Any, parameters: str, is_method: bool) -> str | None:
    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):
        return None
    tree = ast.parse(f"def f({parameters}): pass").body[0]
    assert isinstance(tree, ast.FunctionDef)
    names = [argument.arg for argument in tree.args.args]
    required = len(names) - len(tree.args.defaults)
    positional = (["self"] if is_method else []) + names[:required]
    optional = names[required:] + [argument.arg for argument in tree.args.kwonlyargs]
    try:
        signature.bind(*positional, **dict.fromkeys(optional))
    except TypeError as error:
        return f"it takes {signature}: {error}"
    return None


def _first_line(found: Any) -> int | None:
    try:
        return inspect.getsourcelines(found)[1] or None
    except (OSError, TypeError):
        return None


def _observe_case(
    probe: types.ModuleType,
    answer: types.ModuleType,
    inputs: trees.Tree,
    prepared: trees.Tree | None = None,
) -> tuple[Any, ...]:
    observed: list[bytes] = []

    def run() -> None:
        ready = prepare(probe, inputs) if prepared is None else prepared
        observed.append(observe(probe, answer, ready))

    report = _guarded(run)
    if not observed:
        return (report,)
    return {**report, "inputs": trees.checksums(inputs)}, observed[0]


def _placed(inputs: trees.Tree, setup: Report) -> trees.Tree:
    if setup["layout"] == "strided":
        inputs = trees.map_tensors(inputs, trees.strided)
    if setup["device"] != "cpu":
        inputs = trees.map_tensors(inputs, lambda tensor: tensor.to(setup["device"]))
    return inputs


def _guarded(run: Any) -> Report:
    """Run a candidate's code; what it raised becomes a report, whatever it is."""
    try:
        run()
    except SystemExit as error:
        if error.code in (None, 0):
            return {"status": "ok", "exit": True}
        return _raised(error, f"the code called sys.exit({error.code!r:.200})")
    except BaseException as error:
        if _is_out_of_memory(error):
            return {**_raised(error), "status": "out_of_memory"}
        return _raised(error)
    return {"status": "ok"}


def _is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _OUT_OF_MEMORY)


def _raised(error: BaseException, message: str | None = None) -> Report:
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == ANSWER_FILE
    ]
    text = message or _text_of(error)
    lines = "".join(traceback.format_list(frames))
    return {
        "status": "error",
        "message": text,
        "traceback": f"{lines}{text}" if frames else None,
        "line": frames[-1].lineno if frames else None,
    }


def _text_of(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException:  # a candidate's own exception may raise here as well
        text = ""
    name = type(error).__qualname__
    return (f"{name}: {text}" if text else name)[:LONGEST_MESSAGE]


def _next(frames: BinaryIO, wanted: Kind) -> bytes:
    kind, payload = protocol.read_frame(lambda size: _exactly(frames, size))
    if kind is not wanted:
        raise protocol.ProtocolError(f"expected {wanted.name}, got {kind.name}")
    return payload


def _exactly(frames: BinaryIO, size: int) -> bytes:
    data = frames.read(size)
    if len(data) != size:
        raise protocol.ProtocolError("the job ended early")
    return data


def _text_stream(fd: int) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(fd, "wb", closefd=False)),
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=True,
    )


def _send(result_fd: int, report: Report, *blobs: bytes) -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # noqa: S112 - the candidate may have closed or replaced it
            continue
    view = memoryview(protocol.frame(Kind.RESULT, protocol.pack(report, *blobs)))
    while view:
        view = view[os.write(result_fd, view) :]
