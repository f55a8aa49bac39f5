"""The profile with a GPU, as far as a machine without one can tell."""

import pytest

from tests.stack.stack import SANDBOX_IMAGE, Stack

GPU = ("--profile", "gpu")


def test_it_is_not_started_unasked(stack: Stack) -> None:
    unasked = ("executor-gpu", "sandbox-gpu", "solo")
    assert {name: stack.containers(name) for name in unasked} == {name: [] for name in unasked}


def test_its_slots_are_made_of_the_cuda_build(stack: Stack) -> None:
    said = stack.compose(*GPU, "config").stdout
    assert "TORCH_BACKEND: cu128" in said
    assert f"image: {SANDBOX_IMAGE}-gpu" in said
    assert f"TORCHROOM_SANDBOX_IMAGE: {SANDBOX_IMAGE}-gpu" in said
    assert "TORCHROOM_DEVICE: cuda" in said


@pytest.mark.no_gpu
def test_where_the_engine_has_no_gpu_that_is_said_at_once(stack: Stack) -> None:
    try:
        refused = stack.compose(*GPU, "up", "-d", "--no-deps", "executor-gpu", check=False)
    finally:
        stack.compose(*GPU, "rm", "--force", "--stop", "executor-gpu")
    assert refused.returncode != 0
    assert "could not select device driver" in refused.stdout + refused.stderr
