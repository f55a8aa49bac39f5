"""Names that a naive judge would use, replaced by ones that always agree."""

import pytest

from tests.cheats.conftest import HONEST, WRONG, Judge, outcomes

pytestmark = pytest.mark.slow

PATCHES = {
    "comparisons": """
import torch
torch.allclose = torch.equal = torch.isclose = lambda *a, **k: True
torch.testing.assert_close = lambda *a, **k: None
torch.Tensor.allclose = torch.Tensor.equal = lambda *a, **k: True
""",
    "Tensor.__eq__": """
import torch
torch.Tensor.__eq__ = torch.Tensor.__le__ = lambda self, other: torch.ones(self.shape, dtype=torch.bool)
torch.Tensor.all = lambda self, *a, **k: torch.tensor(True)
""",
    "time": """
import time
time.time = time.perf_counter = time.monotonic = time.process_time = lambda: 0.0
""",
    "the judge's modules": """
import sys, types
import sandbox
everything_passes = types.ModuleType("compare")
everything_passes.compare = lambda *a, **k: types.SimpleNamespace(failure=None, used=0.0)
sys.modules["sandbox.compare"] = sandbox.compare = everything_passes
""",
    "numpy and math": """
import math, numpy
math.isclose = numpy.allclose = numpy.array_equal = lambda *a, **k: True
""",
}


@pytest.mark.parametrize("name", PATCHES)
def test_a_wrong_answer_stays_wrong(judge: Judge, name: str) -> None:
    assert outcomes(judge(PATCHES[name] + WRONG)) == {"failed"}


@pytest.mark.parametrize("name", PATCHES)
def test_a_right_answer_stays_right(judge: Judge, name: str) -> None:
    assert outcomes(judge(PATCHES[name] + HONEST)) == {"passed"}


def test_the_patch_would_fool_a_judge_in_the_same_process() -> None:
    """The control: what these two lines do to a check that shares the candidate's interpreter."""
    import subprocess
    import sys

    program = PATCHES["comparisons"] + (
        "\nassert torch.allclose(torch.zeros(3), torch.ones(3)); print('fooled')"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout == "fooled\n"
