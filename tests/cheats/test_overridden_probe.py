"""Code that takes over the probe or the player. It may; it then has to compute the right values itself."""

import pytest

from tests.cheats.conftest import Judge, outcomes

pytestmark = pytest.mark.slow

TAKEOVERS = {
    "the probe's helper": """
import gc, types

def square(x):
    for found in gc.get_objects():
        if isinstance(found, types.FunctionType) and found.__name__ == "twice":
            found.__code__ = (lambda answer, x: x * FACTOR).__code__
    return x * FACTOR
""",
    "the probe's observe": """
import sys

def square(x):
    frame = sys._getframe()
    while frame.f_code.co_name != "observe":
        frame = frame.f_back
    frame.f_globals["observe"] = lambda answer, inputs: {"output": inputs["x"] * FACTOR, "grad": {"x": inputs["x"]}}
    return x * FACTOR
""",
    "the encoder": """
import torch
from sandbox import trees

honest = trees.encode
trees.encode = lambda tree: honest({"output": tree["output"], "grad": {"x": tree["grad"]["x"] * FACTOR}})

def square(x):
    return x * FACTOR
""",
    "the checksums": """
from sandbox import trees
trees.checksums = lambda tree: [0, 0]

def square(x):
    return x * FACTOR
""",
    "the player's report": """
from sandbox.image import player

honest = player._observe_case
player._observe_case = lambda *a: ({"status": "ok", "inputs": [], "outcome": "passed"}, *honest(*a)[1:])

def square(x):
    return x * FACTOR
""",
    "backward": """
import torch
torch.Tensor.backward = lambda self, *a, **k: None

def square(x):
    x.grad = torch.ones_like(x)
    return x * FACTOR
""",
}


@pytest.mark.parametrize("name", TAKEOVERS)
def test_wrong_values_fail_whoever_reports_them(judge: Judge, name: str) -> None:
    assert "passed" not in outcomes(judge(TAKEOVERS[name].replace("FACTOR", "3")))


def test_a_takeover_that_computes_the_right_values_passes(judge: Judge) -> None:
    """Nothing but values is judged, so this is no loophole: the work has been done."""
    source = """
import sys

def right(answer, inputs):
    x, weight = inputs["x"], inputs["weight"]
    return {"output": x * x, "grad": {"x": 2 * x * weight}}

def square(x):
    frame = sys._getframe()
    while frame.f_code.co_name != "observe":
        frame = frame.f_back
    frame.f_globals["observe"] = right
    frame.f_globals["twice"] = lambda answer, x: x * x
    return x * x
"""
    verdict = judge(source)
    assert outcomes(verdict) == {"passed"}
