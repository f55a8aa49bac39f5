"""What a snippet gives, found out by running it in a slot: no answer is ever typed in.

The snippet is run anew for each question about it, so that no question sees what another one did.
"""

import hashlib
import json
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from backend.answers.notation import NO_ERROR
from backend.bank import Ask, Question
from backend.slots import SandboxLike
from sandbox.errors import OurFailure

MOST_KEPT = 256

# Runs in the slot. `repr` of JSON-able data is Python, so texts can be put in as they are.
_PROGRAM = """\
import contextlib
import io
import json
import math
import warnings

import torch

SNIPPET = {snippet!r}
ASKS = {asks!r}


def plain(value):
    if isinstance(value, torch.Tensor):
        return plain(value.detach().tolist())
    if isinstance(value, tuple):
        return {{"tuple": [plain(one) for one in value]}}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"{{type(value).__name__}} is nothing that can be asked for")


def answer(expression, form):
    torch.manual_seed(0)
    names = {{"__name__": "__main__"}}
    exec(compile(SNIPPET, "snippet.py", "exec"), names)
    if form == "error":
        try:
            exec(compile(expression, "ask", "exec"), names)
        except Exception as error:
            return type(error).__name__
        return {no_error!r}
    value = eval(compile(expression, "ask", "eval"), names)
    if form == "shape":
        return list(getattr(value, "shape", value))
    if form == "dtype":
        return str(getattr(value, "dtype", value)).removeprefix("torch.")
    return str(value) if form == "text" else plain(value)


with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
    warnings.simplefilter("ignore")
    found = [answer(*ask) for ask in ASKS]
print({mark!r} + json.dumps(found, allow_nan=False))
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """What one question about a snippet comes to: as plain data, and as text for people."""

    value: Any
    text: str


def expectations(sandbox: SandboxLike, question: Question) -> tuple[Expected, ...]:
    """Run the snippet and answer every question about it. `OurFailure` where it does not run."""
    mark = f"torchroom-{secrets.token_hex(8)}:"
    asks = question.predict.asks
    verdict = sandbox.judge(question.folder, _program(question, mark), mode="script")
    script = verdict.script
    if script is None or script.outcome != "passed":
        said = verdict.problem or script
        raise OurFailure(
            f"The snippet of {question.slug} does not run: {said.message if said else 'no result'}"
        )
    lines = [line for line in script.stdout.splitlines() if line.startswith(mark)]
    try:
        values = json.loads(lines[-1].removeprefix(mark))
    except (IndexError, ValueError):
        raise OurFailure(f"The snippet of {question.slug} gave no readable answers.") from None
    if not isinstance(values, list) or len(values) != len(asks):
        raise OurFailure(f"The snippet of {question.slug} gave another number of answers.")
    values = [_decoded(value) for value in values]
    return tuple(
        Expected(value, _text(ask, value)) for ask, value in zip(asks, values, strict=True)
    )


class Expectations:
    """What snippets give, kept by their content and the torch that ran them. Safe for threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[Expected, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, sandbox: SandboxLike, question: Question) -> tuple[Expected, ...]:
        digest = hashlib.sha256(_program(question, "").encode()).hexdigest()
        key = (digest, sandbox.torch)
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None:
            return kept
        # Two that come at once both run it: cheaper than to wait for a slot while holding a lock.
        found = expectations(sandbox, question)
        with self._lock:
            self._kept[key] = found
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found


def _program(question: Question, mark: str) -> str:
    return _PROGRAM.format(
        snippet=question.predict.snippet,
        asks=[(ask.expression, ask.form) for ask in question.predict.asks],
        no_error=NO_ERROR,
        mark=mark,
    )


def _decoded(value: Any) -> Any:
    """JSON knows no tuples, and people should see a stride as PyTorch shows it."""
    if isinstance(value, dict):
        return tuple(_decoded(one) for one in value["tuple"])
    return [_decoded(one) for one in value] if isinstance(value, list) else value


def _text(ask: Ask, value: Any) -> str:
    if ask.form == "shape":
        return str(tuple(value))
    return str(_rounded(value, ask.digits))


def _rounded(value: Any, digits: int) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_rounded(one, digits) for one in value)
    return round(value, digits) if isinstance(value, float) else value
