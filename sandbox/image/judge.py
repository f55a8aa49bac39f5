"""The judge: makes inputs from secret seeds, runs the probe on the reference, compares what came
back.

Trusted code on untrusted data. It reads observations as size-capped JSON and safetensors, and
executes nothing that a candidate wrote. One request at a time over stdin and stdout; a request that
the question itself makes impossible is answered with a `fault`, never with a verdict.
"""

from __future__ import annotations

import collections
import dataclasses
import os
import sys
import tomllib
import traceback
import types
from dataclasses import dataclass, field
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from sandbox import author, compare, protocol, trees
from sandbox.image import player, relay, warming
from sandbox.protocol import Kind
from sandbox.verdict import Failure

MOST_TICKETS = 64


class Fault(Exception):
    """The question is wrong, or the request makes no sense. Says which file and why."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the judge needs it."""

    cases: dict[str, author.Case]
    probe: types.ModuleType
    reference: types.ModuleType
    tolerances: compare.Tolerances
    inputs_may_change: bool
    rounds: int


@dataclass(slots=True)
class Prepared:
    """The inputs of one case, as sent, and what the reference makes of them."""

    case: author.Case
    blob: bytes
    expected: trees.Tree | None = None
    checksums: list[int] = field(default_factory=list)
    is_ready: bool = False


@dataclass(slots=True)
class Ticket:
    """The prepared cases of one run, by their number."""

    question: Question
    prepared: list[Prepared]


class Judge:
    """Questions by digest, tickets by number."""

    def __init__(self) -> None:
        self.questions: dict[str, Question] = {}
        self.tickets: collections.OrderedDict[int, Ticket] = collections.OrderedDict()
        self.issued = 0

    def load(self, request: dict[str, Any], _blobs: list[bytes]) -> bytes:
        """Execute a question's files; reply with its cases."""
        digest = request["digest"]
        if digest not in self.questions:
            self.questions[digest] = _load_question(request["files"])
        cases = [_case_facts(case) for case in self.questions[digest].cases.values()]
        return protocol.pack({"cases": cases})

    def prepare(self, request: dict[str, Any], _blobs: list[bytes]) -> bytes:
        """Make inputs for the named cases; reply with a ticket and a blob for each."""
        question = self.questions.get(request["digest"])
        if question is None:
            raise Fault("prepare: this question has not been loaded")
        prepared = []
        for name in request["cases"]:
            case = question.cases[name]
            for number in range(question.rounds if case.budget else 1):
                seed = _seed_of(request["seed"], name, number)
                prepared.append(Prepared(case, _inputs(case, seed, request["dtype"])))
        self.issued += 1
        self.tickets[self.issued] = Ticket(question, prepared)
        while len(self.tickets) > MOST_TICKETS:
            self.tickets.popitem(last=False)
        reply = {"ticket": self.issued, "cases": [item.case.name for item in prepared]}
        return protocol.pack(reply, *(item.blob for item in prepared))

    def finish(self, ticket: Ticket) -> None:
        """Compute what is expected, case by case."""
        for item in ticket.prepared:
            _expect(ticket.question, item)

    def check(self, request: dict[str, Any], blobs: list[bytes]) -> bytes:
        """Compare observations; reply with one result for each."""
        ticket = self.tickets.get(request["ticket"])
        if ticket is None:
            raise Fault("check: this ticket is unknown or has been dropped")
        results = [
            check_one(ticket.question, ticket.prepared[answer["index"]], blob, answer.get("inputs"))
            for answer, blob in zip(request["answers"], blobs, strict=True)
        ]
        return protocol.pack(results)

    def drop(self, request: dict[str, Any], _blobs: list[bytes]) -> bytes:
        """Forget a ticket."""
        self.tickets.pop(request["ticket"], None)
        return protocol.pack({})


def _load_question(files: dict[str, str]) -> Question:
    config = tomllib.loads(files["question.toml"])
    namespace = types.ModuleType("cases")
    with _Blaming("cases.py"):
        exec(compile(files["cases.py"], "cases.py", "exec"), namespace.__dict__)
    cases = author.cases_of(namespace.__dict__)
    with _Blaming("probe.py"):
        probe = player.probe_module(files["probe.py"])
    with _Blaming("reference.py"):
        reference = types.ModuleType("reference")
        sys.modules["reference"] = reference
        exec(compile(files["reference.py"], "reference.py", "exec"), reference.__dict__)
    return Question(
        {case.name: case for case in cases},
        probe,
        reference,
        _tolerances(config.get("tolerances", {})),
        config.get("options", {}).get("inputs_may_change", False),
        config.get("budget", {}).get("rounds", 5),
    )


def _tolerances(table: dict[str, Any]) -> compare.Tolerances:
    rtol, atol = table.get("rtol", 0.0), table.get("atol", 0.0)
    paths = {
        pattern: (own.get("rtol", rtol), own.get("atol", atol))
        for pattern, own in table.get("paths", {}).items()
    }
    return compare.Tolerances(rtol, atol, paths)


def _case_facts(case: author.Case) -> dict[str, Any]:
    names = ("name", "title", "visible", "criterion", "seconds", "budget")
    return {name: getattr(case, name) for name in names}


def _seed_of(seed: int, name: str, number: int) -> int:
    digest = 0
    for byte in f"{seed}/{name}/{number}".encode():
        digest = (digest * 1_000_003 + byte) % (1 << 61)
    return digest


def _inputs(case: author.Case, seed: int, dtype: str | None) -> bytes:
    with _Blaming(f"cases.py, case {case.name}"):
        tree = case.make_inputs(author.Rng(seed))
        if dtype is not None:
            wanted = getattr(torch, dtype)
            tree = trees.map_tensors(tree, lambda t: t.to(wanted) if t.is_floating_point() else t)
        return trees.encode(tree)


def _expect(question: Question, item: Prepared) -> None:
    if item.is_ready:
        return
    inputs = trees.decode(item.blob)
    item.checksums = trees.checksums(inputs)
    with _Blaming(f"reference.py or probe.py, case {item.case.name}"):
        prepared = player.prepare(question.probe, inputs)
        item.expected = trees.decode(player.observe(question.probe, question.reference, prepared))
    item.is_ready = True


def check_one(question: Question, item: Prepared, blob: bytes, checksums: Any) -> dict[str, Any]:
    """What is to be said of one observation: {"passed", "failure", "message", "used"}."""
    _expect(question, item)
    try:
        got = trees.decode(blob)
    except trees.BadTree as error:
        nonsense = trees.Foreign(f"bytes that are no answer: {error}")
        return _result(compare.structure("", item.expected, nonsense), 0.0)
    if not question.inputs_may_change:
        changed = _changed_input(item, checksums)
        if changed is not None:
            return _result(changed, 0.0)
    if item.case.check is not None:
        # So that an author's check may rely on every tensor being there, in its shape and dtype.
        form = compare.compare(item.expected, got, question.tolerances, values=False)
        if form.failure is not None:
            return _result(form.failure, 0.0)
        with _Blaming(f"cases.py, check of {item.case.name}"):
            return _checked(item.case.check(trees.decode(item.blob), item.expected, got))
    found = compare.compare(item.expected, got, question.tolerances)
    return _result(found.failure, found.used)


def _checked(complaint: str | None) -> dict[str, Any]:
    return {"passed": complaint is None, "message": complaint, "failure": None, "used": 0.0}


def _changed_input(item: Prepared, checksums: Any) -> Failure | None:
    if checksums == item.checksums:
        return None
    inputs = trees.tensors_of(trees.decode(item.blob))
    if not isinstance(checksums, list) or len(checksums) != len(inputs):
        checksums = []
    pairs = zip(inputs, item.checksums, strict=True)
    changed = [
        (path, tensor)
        for number, ((path, tensor), own) in enumerate(pairs)
        if number >= len(checksums) or checksums[number] != own
    ]
    path, tensor = changed[0] if changed else ("inputs", None)
    expected = compare.describe(tensor)
    got = dataclasses.replace(expected, value="changed by the code")
    return Failure(path, f"input {path}", "input_changed", expected, got)


def _result(failure: Failure | None, used: float) -> dict[str, Any]:
    return {
        "passed": failure is None,
        "message": None,
        "failure": None if failure is None else dataclasses.asdict(failure),
        "used": used if used < 1e300 else None,
    }


class _Blaming:
    """Turns what a question's own file raises into a `Fault` that names the file."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: Any, error: BaseException | None, _where: Any) -> None:
        if isinstance(error, Exception):
            last = traceback.format_exception(error, limit=-3)
            raise Fault(f"{self.file}: {error!r}\n{''.join(last)}") from None


def serve() -> None:
    """Answer requests until stdin ends."""
    judge = Judge()
    relay.send(Kind.REPLY, {"torch": torch.__version__})
    while (opening := relay.next_header()) is not None:
        kind, length = opening
        if kind is not Kind.CALL:
            raise protocol.ProtocolError(f"expected CALL, got {kind.name}")
        request, blobs = protocol.unpack(relay.read_exactly(length))
        call = {
            "load": judge.load,
            "prepare": judge.prepare,
            "check": judge.check,
            "drop": judge.drop,
        }
        try:
            reply = call[request["call"]](request, blobs)
        except Fault as fault:
            reply = protocol.pack({"fault": str(fault)})
        except Exception as error:  # one run's misfortune, not that of all who share this judge
            reply = protocol.pack({"fault": f"the judge failed: {error!r:.1000}"})
        relay.send_bytes(Kind.REPLY, reply)
        if request["call"] == "prepare" and judge.issued in judge.tickets:
            _work_ahead(judge)


def _work_ahead(judge: Judge) -> None:
    """The reference runs while the candidate's code does, at the same time in another place."""
    try:
        judge.finish(judge.tickets[judge.issued])
    except Fault:
        return  # comes up again, with its answer awaited, in `check`


def main() -> None:
    """Import, warm, serve."""
    torch.set_num_threads(1)
    relay.take_standard_streams()
    warming.warm("cpu")
    serve()
    os._exit(0)  # torch takes a second to be taken down


if __name__ == "__main__":
    main()
