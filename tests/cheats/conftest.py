"""What every cheat is tried on: the question `square`, in the best slot that this machine has."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.judging import Sandbox
from sandbox.verdict import CaseVerdict, Verdict

SQUARE = Path(__file__).parents[1] / "support" / "questions" / "square"
HONEST = "\ndef square(x):\n    return x * x\n"
WRONG = "\ndef square(x):\n    return x * 2\n"

Judge = Callable[[str], Verdict]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.open("auto") as opened:
        yield opened


@pytest.fixture
def judge(sandbox: Sandbox) -> Iterator[Judge]:
    """Judges on `square`; afterwards the same sandbox still passes what is right, fails what is wrong."""
    yield lambda source: sandbox.judge(SQUARE, source)
    assert sandbox.judge(SQUARE, HONEST).outcome == "passed"
    assert sandbox.judge(SQUARE, WRONG).outcome == "failed"


def outcomes(verdict: Verdict) -> set[str]:
    return {case.outcome for case in verdict.cases}


def case(verdict: Verdict, name: str) -> CaseVerdict:
    return next(case for case in verdict.cases if case.name == name)
