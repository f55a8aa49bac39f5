"""Searches for an expected value, the reference, a seed or a check in the process that runs the code."""

import pytest

from tests.cheats.conftest import HONEST, Judge, case, outcomes

pytestmark = pytest.mark.slow

FRAMES = """
import sys
import torch

def square(x):
    frame = sys._getframe()
    while frame is not None:
        for name, value in list(frame.f_locals.items()) + list(frame.f_globals.items()):
            if "expected" in name.lower() or "reference" in name.lower() or "seed" == name.lower():
                print("FOUND", name, type(value).__name__)
        frame = frame.f_back
    return x * x
"""

GARBAGE = """
import gc
import torch

def square(x):
    same = [o for o in gc.get_objects() if isinstance(o, torch.Tensor) and o.shape == x.shape]
    right = x.detach() ** 2
    if any(torch.allclose(t.detach().to(x.dtype), right) for t in same if not t.is_complex()):
        print("FOUND a tensor that holds the answer")
    texts = [o for o in gc.get_objects() if isinstance(o, dict) and "expected" in o]
    if texts:
        print("FOUND a dict that names what is expected")
    return x * x
"""

MEMORY = """
import re

def square(x):
    needle = b"def square(x):\\n    return x * x" + b"\\n"
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb") as memory:
        for line in maps:
            start, end = (int(n, 16) for n in line.split()[0].split("-"))
            if " rw" in line and end - start < 1 << 28:
                memory.seek(start)
                if needle in memory.read(end - start):
                    print("FOUND the reference's text")
    return x * x
"""

FILES = """
import os

def square(x):
    for root in ("/opt", "/work", "/question", "/questions", "/srv", "/home"):
        for folder, _, names in os.walk(root):
            for name in names:
                if name in ("reference.py", "cases.py", "editorial.md") and "site-packages" not in folder:
                    print("FOUND", folder, name)
    return x * x
"""


def printed(judge: Judge, source: str) -> str:
    return "".join(case.output or "" for case in judge(source).cases)


def test_no_frame_holds_it(judge: Judge) -> None:
    assert "FOUND" not in printed(judge, FRAMES)


def test_no_object_holds_it(judge: Judge) -> None:
    assert "FOUND" not in printed(judge, GARBAGE)


def test_no_memory_of_an_earlier_job_holds_it(judge: Judge) -> None:
    """The reference's text never enters a slot, and an earlier candidate's does not stay.

    The honest answer is judged first; its bytes pass through the zygote by splice, unread.
    """
    judge(HONEST)
    verdict = judge(MEMORY)
    assert "FOUND" not in "".join(case.output or "" for case in verdict.cases)
    # Reading one's own memory is refused altogether where /proc belongs to root.
    assert outcomes(verdict) <= {"error", "passed"}


def test_no_file_holds_it(judge: Judge) -> None:
    verdict = judge(FILES)
    if verdict.slot != "process":
        assert "FOUND" not in "".join(case.output or "" for case in verdict.cases)


def test_the_search_finds_what_is_there(judge: Judge) -> None:
    """The control: with an expected value in a frame the search does report it."""
    source = FRAMES + "\nexpected_value = 1\n"
    assert "FOUND expected_value" in printed(judge, source)


def test_reseeding_does_not_predict_inputs(judge: Judge) -> None:
    """Inputs come from a secret seed, so an answer prepared for what seeds usually give is wrong."""
    source = """
import torch

def square(x):
    for seed in (0, 1, 42, 1234):
        torch.manual_seed(seed)
        if torch.equal(torch.randn(x.shape), x.detach()):
            return x * x
    return x * 3
"""
    assert outcomes(judge(source)) == {"failed"}
    assert case(judge(source), "row").outcome == "failed"
