"""Cheats on time and peak memory: both are measured from outside, on fresh inputs, answer checked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.judging import Sandbox
from sandbox.verdict import CaseVerdict
from tests.cheats.conftest import case

pytestmark = pytest.mark.slow

TOTAL = Path(__file__).parents[1] / "support" / "questions" / "total"
SLOW = """
def slowly(x):
    for _ in range(300):
        answer = x.sum()
    return answer
"""

Measure = Callable[[str], CaseVerdict]


@pytest.fixture
def measure(sandbox: Sandbox) -> Measure:
    """The verdict on the budget case alone."""
    return lambda source: case(sandbox.judge(TOTAL, source, cases=["in-budget"]), "in-budget")


def test_the_reference_is_within_its_own_budget(measure: Measure) -> None:
    verdict = measure((TOTAL / "reference.py").read_text())
    assert verdict.outcome == "passed", verdict.message
    assert verdict.budget is not None


def test_a_slow_answer_fails_with_its_ratio(measure: Measure) -> None:
    verdict = measure(SLOW + "\ntotal = slowly\n")
    assert verdict.outcome == "failed"
    assert verdict.budget is not None
    assert verdict.budget.time_ratio > 3.5
    assert "times the reference's time" in verdict.message


def test_a_big_answer_fails_with_its_ratio(measure: Measure) -> None:
    source = (
        "def total(x):\n    copies = [x.clone() for _ in range(4)]\n    return copies[0].sum()\n"
    )
    verdict = measure(source)
    assert verdict.outcome == "failed"
    assert verdict.budget is not None
    assert verdict.budget.peak_mb > 100
    assert "memory peaks" in verdict.message


CHEATS = {
    "stopped clocks": """
import time
time.time = time.perf_counter = time.monotonic = lambda: 0.0
total = slowly
""",
    "an answer sent early, the work done afterwards": """
import os, struct
def total(x):
    os.write(4, struct.pack(">BI", 18, 1 << 20))  # the header alone: it stops no clock
    return slowly(x)
""",
    "work on a thread while the answer is on its way": """
import threading
def total(x):
    done = []
    thread = threading.Thread(target=lambda: done.append(slowly(x)))
    thread.start()
    thread.join()
    return done[0]
""",
    "an answer from an earlier round": """
import os
def total(x):
    name = "/tmp/known"
    try:
        return float(open(name).read())
    except OSError:
        answer = slowly(x)
        open(name, "w").write(repr(float(answer)))
        return answer
""",
}


@pytest.mark.parametrize("name", CHEATS)
def test_a_slow_answer_stays_slow(measure: Measure, name: str) -> None:
    assert measure(SLOW + CHEATS[name]).outcome != "passed"


MEMORY_CHEATS = {
    "the peak reset by the process itself": """
import os
def total(x):
    copies = [x.clone() for _ in range(4)]
    answer = copies[0].sum()
    del copies
    with open("/proc/self/clear_refs", "w") as peak:
        peak.write("5")
    return answer
""",
    "the work in a child process": """
import os
def total(x):
    r, w = os.pipe()
    if os.fork() == 0:
        copies = [x.clone() for _ in range(4)]
        os.write(w, repr(float(copies[0].sum())).encode())
        os._exit(0)
    return float(os.read(r, 100))
""",
    "the work in another program": """
import subprocess, sys
def total(x):
    subprocess.run([sys.executable, "-c", "print(1)"], check=True)
    return x.sum()
""",
}


@pytest.mark.parametrize("name", MEMORY_CHEATS)
def test_a_big_answer_stays_big(measure: Measure, name: str) -> None:
    verdict = measure(MEMORY_CHEATS[name])
    assert verdict.outcome in ("failed", "error"), verdict


def test_nothing_of_the_candidate_runs_before_the_clock(measure: Measure) -> None:
    """The file's own lines are under the clock too: slow work at import is no way out."""
    source = (
        SLOW
        + """
import torch
slowly(torch.rand(4_000_000, dtype=torch.float64))
def total(x):
    return x.sum()
"""
    )
    assert measure(source).outcome == "failed"


def test_right_values_are_still_asked_for(measure: Measure) -> None:
    verdict = measure("def total(x):\n    return x[0]\n")
    assert verdict.outcome == "failed"
    assert verdict.failure is not None
