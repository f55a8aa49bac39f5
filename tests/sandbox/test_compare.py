"""An observation equals the reference's, or the difference is named; whatever it is made of."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sandbox.compare import Tolerances, compare, label_of
from sandbox.trees import Foreign, Meta
from tests.sandbox.test_trees import TREES

EXACT = Tolerances(0.0, 0.0)
LOOSE = Tolerances(1e-4, 1e-5)
NAN, INF = float("nan"), float("inf")


@given(TREES)
def test_everything_equals_itself(tree: Any) -> None:
    assert compare(tree, tree, EXACT).failure is None


@given(TREES, TREES | st.just(Foreign("x")) | st.just(Meta((2,), "float32")))
def test_any_two_are_equal_or_their_difference_can_be_told(expected: Any, got: Any) -> None:
    failure = compare(expected, got, LOOSE).failure
    if failure is not None:
        text = json.dumps(dataclasses.asdict(failure), allow_nan=False)
        assert len(text) < 20_000
        assert failure.label


@pytest.mark.parametrize(
    ("expected", "got", "what"),
    [
        (torch.ones(2), torch.ones(3), "shape"),
        (torch.ones(2), torch.ones(2, 1), "shape"),
        (torch.ones(2), torch.ones(2, dtype=torch.float64), "dtype"),
        (torch.ones(2), torch.ones(2, dtype=torch.bool), "dtype"),
        (torch.ones(2), [1.0, 1.0], "structure"),
        (torch.ones(2), None, "structure"),
        (torch.ones(()), 1.0, "structure"),
        (torch.ones(2), Meta((2,), "float32"), "structure"),
        (torch.ones(2), Foreign("numpy.ndarray"), "structure"),
        ({"a": 1}, {}, "structure"),
        ({"a": 1}, {"a": 1, "b": 2}, "structure"),
        ([1, 2], [1], "structure"),
        ([1], 1, "structure"),
        (True, 1, "structure"),
        (1, True, "structure"),
        (1, 1.0, "structure"),
        (0, False, "structure"),
        ("1", 1, "structure"),
        (None, 0, "structure"),
        (1, 2, "value"),
        (1.0, 1.1, "value"),
        (torch.tensor([1]), torch.tensor([2]), "value"),
        (torch.tensor([True]), torch.tensor([False]), "value"),
        (torch.ones(2), torch.tensor([1.0, NAN]), "value"),
        (torch.tensor([NAN, 1.0]), torch.tensor([NAN, NAN]), "value"),
        (torch.tensor([NAN]), torch.tensor([0.0]), "value"),
        (torch.tensor([INF]), torch.tensor([-INF]), "value"),
        (torch.tensor([INF]), torch.tensor([1e38]), "value"),
        (torch.tensor([1e38]), torch.tensor([INF]), "value"),
        (torch.tensor([1 + 1j]), torch.tensor([1 - 1j]), "value"),
        (NAN, 0.0, "value"),
        (INF, -INF, "value"),
    ],
)
def test_differences_are_found(expected: Any, got: Any, what: str) -> None:
    failure = compare(expected, got, Tolerances(1e-2, 1e-2)).failure
    assert failure is not None
    assert failure.what == what


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (torch.tensor([NAN, 1.0]), torch.tensor([NAN, 1.0])),
        (torch.tensor([INF, -INF]), torch.tensor([INF, -INF])),
        (torch.empty(0, 3), torch.empty(0, 3)),
        (NAN, NAN),
        (torch.tensor([0.0]), torch.tensor([-0.0])),
        ([1, 2], (1, 2)),
    ],
)
def test_what_is_the_same_is_the_same(expected: Any, got: Any) -> None:
    assert compare(expected, got, EXACT).failure is None


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_the_tolerance_is_met_to_its_edge(dtype: torch.dtype) -> None:
    expected = torch.tensor([0.0, 8.0], dtype=dtype)
    tolerances = Tolerances(rtol=0.25, atol=0.5)
    within = torch.tensor([0.5, 10.5], dtype=dtype)
    beyond = torch.tensor([0.5, 10.625], dtype=dtype)
    assert compare(expected, within, tolerances).failure is None
    assert compare(expected, within, tolerances).used == 1.0
    failure = compare(expected, beyond, tolerances).failure
    assert failure is not None
    assert failure.first_bad is not None
    assert (failure.first_bad.index, failure.mismatched, failure.elements) == ([1], 1, 2)
    assert failure.max_abs == 2.625


def test_a_failure_says_what_a_person_needs() -> None:
    expected = {"grad": {"weight": torch.zeros(2, 3)}}
    got = {"grad": {"weight": torch.zeros(2, 3)}}
    got["grad"]["weight"][1, 2] = 0.5
    failure = compare(expected, got, LOOSE).failure
    assert failure is not None
    assert (failure.path, failure.label) == ("grad.weight", "gradient of weight")
    assert failure.first_bad is not None
    assert (failure.first_bad.index, failure.first_bad.expected, failure.first_bad.got) == (
        [1, 2],
        "0",
        "0.5",
    )
    assert failure.max_abs == 0.5
    assert math.isfinite(failure.max_rel or 0)


def test_paths_may_have_tolerances_of_their_own() -> None:
    tolerances = Tolerances(0.0, 0.0, {"grad.*": (0.0, 0.1)})
    one, other = torch.ones(1), torch.ones(1) * 1.05
    assert compare({"grad": {"x": one}}, {"grad": {"x": other}}, tolerances).failure is None
    assert compare({"output": one}, {"output": other}, tolerances).failure is not None


def test_labels_read_like_words() -> None:
    assert label_of("grad.layer.weight") == "gradient of layer.weight"
    assert label_of("step_2.grad.weight") == "gradient of weight (step 2)"
    assert label_of("") == "the answer"
