"""Verdicts as the sandbox writes them, on the cases that a question really has."""

import ast
import random
from functools import cache
from pathlib import Path
from typing import Any

from backend.settings import REPOSITORY
from sandbox.verdict import (
    CaseVerdict,
    Described,
    Failure,
    FirstBad,
    Mode,
    Problem,
    ScriptResult,
    Verdict,
)

QUESTIONS = REPOSITORY / "questions"
TORCH = "2.13.0"


def passed(question: str, mode: Mode, rng: random.Random, printed: str = "") -> dict[str, Any]:
    cases = [_passed(case, rng) for case in _asked(question, mode)]
    return _verdict(cases, mode, _script(mode, printed))


def failed(question: str, mode: Mode, rng: random.Random, bad: int) -> dict[str, Any]:
    """The last `bad` cases are wrong, each in another way."""
    asked = _asked(question, mode)
    cases = [_passed(case, rng) for case in asked[:-bad]]
    ways = (_wrong_values, _wrong_shape, _raised)
    cases += [ways[at % 3](case, rng) for at, case in enumerate(asked[-bad:])]
    return _verdict(cases, mode, _script(mode, "before fusing: 5 layers\nafter: 3 layers 🎉\n"))


def unreadable(line: int, mode: Mode) -> dict[str, Any]:
    problem = Problem(
        outcome="error",
        title="The file cannot be read",
        message="`(` was never closed.",
        line=line,
        traceback=None,
    )
    return Verdict("error", 0, 0, 0.004, mode, "docker", TORCH, problem, None, []).to_json()


def _verdict(cases: list[CaseVerdict], mode: Mode, script: ScriptResult | None) -> dict[str, Any]:
    good = sum(case.outcome == "passed" for case in cases)
    seconds = sum(case.seconds for case in cases)
    first_bad = next((case.outcome for case in cases if case.outcome != "passed"), "passed")
    return Verdict(
        first_bad, good, len(cases), seconds, mode, "docker", TORCH, None, script, cases
    ).to_json()


def _script(mode: Mode, printed: str) -> ScriptResult | None:
    if mode != "run":
        return None
    return ScriptResult("passed", "The file ran to its end.", 0.031, printed, "", cut=False)


@cache
def _cases(question: str) -> tuple[CaseVerdict, ...]:
    """Read, not imported: the judge's file needs torch, and its names do not."""
    source = Path(QUESTIONS / question / "cases.py").read_text()
    found = []
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "case":
                told = {
                    one.arg: ast.literal_eval(one.value)
                    for one in mark.keywords
                    if isinstance(one.value, ast.Constant)
                }
                title = ast.literal_eval(mark.args[0])
                name = node.name.replace("_", "-")
                visible, criterion = told.get("visible", False), told["criterion"]
                found.append(CaseVerdict(name, title, visible, criterion, "passed", ""))
    assert found, f"{question} has no cases"
    return tuple(found)


def _asked(question: str, mode: Mode) -> list[CaseVerdict]:
    return [case for case in _cases(question) if case.visible or mode == "submit"]


def _seconds(rng: random.Random) -> float:
    return round(rng.uniform(0.001, 0.009), 4)


def _with(case: CaseVerdict, rng: random.Random, **told: Any) -> CaseVerdict:
    from dataclasses import replace

    return replace(case, seconds=_seconds(rng), **told)


def _passed(case: CaseVerdict, rng: random.Random) -> CaseVerdict:
    return _with(case, rng, message="As expected.", used=round(rng.uniform(0.01, 0.4), 3))


def _wrong_values(case: CaseVerdict, rng: random.Random) -> CaseVerdict:
    side = Described("Tensor", [2, 5, 4, 4], "torch.float32")
    failure = Failure(
        path="output",
        label="output",
        what="value",
        expected=side,
        got=side,
        max_abs=round(rng.uniform(0.1, 3), 4),
        max_rel=round(rng.uniform(0.5, 9), 3),
        mismatched=rng.randint(100, 160),
        elements=160,
        first_bad=FirstBad([0, 0, 0, 1], "0.41823", "0.40117"),
        rtol=1e-4,
        atol=1e-5,
    )
    message = "The output has wrong values in most places."
    return _with(case, rng, outcome="failed", message=message, failure=failure)


def _wrong_shape(case: CaseVerdict, rng: random.Random) -> CaseVerdict:
    failure = Failure(
        path="grad.weight",
        label="gradient of weight",
        what="shape",
        expected=Described("Tensor", [5], "torch.float32"),
        got=Described("Tensor", [1, 5], "torch.float32"),
    )
    message = "The gradient of weight has shape [1, 5]; expected is [5]."
    return _with(case, rng, outcome="failed", message=message, failure=failure)


def _raised(case: CaseVerdict, rng: random.Random) -> CaseVerdict:
    line = rng.randint(4, 12)
    text = "RuntimeError: The size of tensor a (4) must match the size of tensor b (5)"
    return _with(
        case,
        rng,
        outcome="error",
        message=text,
        line=line,
        traceback=f'  File "answer.py", line {line}, in forward\n{text}',
        output="x: torch.Size([2, 4])\n" if case.visible else None,
    )
