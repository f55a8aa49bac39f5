"""The arithmetic, checked against sums written out by hand."""

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.bank import CRITERIA as NAMES
from backend.room.events import Level
from backend.rubric import CRITERIA, Evidence, Link, Overrule, score, weights_with
from backend.rubric.score import LEVEL_VALUES, THRESHOLDS, level_of

WEIGHTS = weights_with({})
NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def piece(name: str, criterion: str, value: float, weight: float = 1.0) -> Evidence:
    return Evidence(name, criterion, "q", "case", value, weight, f"{name}.", Link(question="q"))


def overrule(criterion: str, level: Level, seq: int = 1) -> Overrule:
    return Overrule(criterion, level, "I was there.", "interviewer", seq, NOON)


PIECES = st.builds(
    piece,
    st.uuids().map(str),
    st.sampled_from(list(CRITERIA)),
    st.floats(0, 1),
    st.sampled_from([0.2, 0.4, 0.5, 0.6, 1.0, 2.0]),
)
OVERRULES = st.builds(
    overrule, st.sampled_from(list(CRITERIA)), st.sampled_from(list(LEVEL_VALUES)), st.integers()
)


def test_the_criteria_are_those_of_the_bank_in_the_same_words() -> None:
    assert {name: one.title for name, one in CRITERIA.items()} == NAMES
    high = [name for name, one in CRITERIA.items() if one.importance == "high"]
    assert high == ["module-usage", "shape-awareness", "gradient-understanding"]


def test_a_criterion_is_the_weighted_mean_of_its_evidence() -> None:
    pieces = [
        piece("a", "debugging", 1.0, 2.0),
        piece("b", "debugging", 0.5, 1.0),
        piece("c", "debugging", 0.0, 0.6),
    ]
    one = score(pieces, WEIGHTS).criterion("debugging")
    assert [term.product for term in one.terms] == [2.0, 0.5, 0.0]
    assert (one.total, one.divisor) == (2.5, 3.6)
    assert one.value == pytest.approx(2.5 / 3.6)
    assert (one.machine, one.level, one.threshold) == ("yes", "yes", 0.65)


def test_the_session_is_the_weighted_mean_of_what_was_assessed() -> None:
    pieces = [piece("a", "module-usage", 1.0), piece("b", "training-loop", 0.25)]
    result = score(pieces, WEIGHTS)
    assert result.total == 3 * 1.0 + 2 * 0.25
    assert result.divisor == 3 + 2
    assert result.value == pytest.approx(0.7)
    assert result.level == "yes"
    assert result.assessed == pytest.approx(5 / 17)
    assert result.verdict == (
        "Yes (provisional): strongest in module usage, weakest in training loop; "
        "29% of the weight was assessed."
    )


def test_where_nothing_speaks_nothing_is_assessed() -> None:
    result = score([], WEIGHTS)
    assert {one.level for one in result.criteria} == {None}
    assert (result.value, result.level, result.assessed) == (None, None, 0.0)
    assert result.verdict.startswith("Not assessed")


def test_too_little_evidence_is_shown_and_assesses_nothing() -> None:
    one = score([piece("a", "debugging", 0.0, 0.6)], WEIGHTS).criterion("debugging")
    assert (one.value, one.machine, one.level, one.counts) == (None, None, None, None)
    assert [term.evidence.id for term in one.terms] == ["a"]


@pytest.mark.parametrize(
    ("value", "level"),
    [
        (1.0, "strong-yes"),
        (0.85, "strong-yes"),
        (0.8499, "yes"),
        (13 / 20, "yes"),
        (0.65 - 1e-12, "yes"),
        (0.6499, "no"),
        (0.4, "no"),
        (0.3999, "strong-no"),
        (0.0, "strong-no"),
    ],
)
def test_a_level_begins_at_its_threshold(value: float, level: Level) -> None:
    assert level_of(value)[0] == level


@pytest.mark.parametrize("level", LEVEL_VALUES)
def test_a_person_who_gives_one_level_throughout_gets_that_level(level: Level) -> None:
    result = score([], WEIGHTS, [overrule(name, level) for name in CRITERIA])
    assert result.level == level
    assert result.assessed == 1.0


def test_an_overruled_criterion_keeps_the_machines_own_level() -> None:
    pieces = [piece("a", "debugging", 1.0)]
    one = score(pieces, WEIGHTS, [overrule("debugging", "no")]).criterion("debugging")
    assert (one.machine, one.value, one.threshold) == ("strong-yes", 1.0, 0.85)
    assert (one.level, one.counts) == ("no", LEVEL_VALUES["no"])
    assert one.overruled is not None
    assert one.overruled.reason == "I was there."


def test_of_several_overrules_the_latest_counts() -> None:
    both = [overrule("debugging", "yes", 9), overrule("debugging", "no", 3)]
    assert score([], WEIGHTS, both).criterion("debugging").level == "yes"


def test_a_template_weighs_criteria_otherwise() -> None:
    weights = weights_with({"debugging": 5, "module-usage": 0, "no-such": 9})
    assert weights["debugging"] == 5
    assert weights["training-loop"] == WEIGHTS["training-loop"]
    assert set(weights) == set(CRITERIA)
    pieces = [piece("a", "module-usage", 1.0), piece("b", "debugging", 0.0)]
    result = score(pieces, weights)
    assert result.value == 0.0
    assert result.criterion("module-usage").level == "strong-yes"


def test_thresholds_and_level_values_fit_together() -> None:
    for level, value in LEVEL_VALUES.items():
        assert level_of(value)[0] == level
    assert [begins for _, begins in THRESHOLDS] == sorted(
        (begins for _, begins in THRESHOLDS), reverse=True
    )


@given(st.lists(PIECES, unique_by=lambda one: one.id), st.lists(OVERRULES), st.randoms())
def test_the_order_of_what_was_gathered_does_not_matter(pieces, overrules, random) -> None:  # type: ignore[no-untyped-def]
    # Two overrules never have one number in a log.
    overrules = list({one.seq: one for one in overrules}.values())
    first = score(pieces, WEIGHTS, overrules)
    random.shuffle(pieces)
    random.shuffle(overrules)
    assert score(pieces, WEIGHTS, overrules) == first


@given(st.lists(PIECES, unique_by=lambda one: one.id), st.lists(OVERRULES))
def test_every_step_of_the_arithmetic_can_be_read_off(pieces, overrules) -> None:  # type: ignore[no-untyped-def]
    result = score(pieces, WEIGHTS, overrules)
    assert sum(len(one.terms) for one in result.criteria) == len(pieces)
    for one in result.criteria:
        assert one.total == pytest.approx(sum(term.product for term in one.terms))
        assert one.divisor == pytest.approx(sum(term.evidence.weight for term in one.terms))
        if one.value is not None:
            assert one.value == one.total / one.divisor
            assert 0 <= one.value <= 1 + 1e-9
            assert (one.machine, one.threshold) == level_of(one.value)
    counted = [one for one in result.criteria if one.counts is not None]
    assert result.total == pytest.approx(sum(one.weight * (one.counts or 0) for one in counted))
    assert result.divisor == pytest.approx(sum(one.weight for one in counted))


@given(st.lists(PIECES, unique_by=lambda one: one.id, min_size=1), st.data())
def test_better_evidence_never_lowers_a_score(pieces, data) -> None:  # type: ignore[no-untyped-def]
    at = data.draw(st.integers(0, len(pieces) - 1))
    better = [*pieces]
    better[at] = dataclasses.replace(pieces[at], value=1.0)
    before, after = score(pieces, WEIGHTS).value, score(better, WEIGHTS).value
    assert (before is None) == (after is None)
    assert before is None or after is None or after >= before - 1e-9
