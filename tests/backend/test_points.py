"""Words of an answer against key points: what is found, what is not, and what cannot be."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.bank import KeyPoint
from backend.room.points import LONGEST_PIECE, LONGEST_TEXT, WINDOW, stem, touched


def found(answer: str, *ways: str) -> tuple[str, ...]:
    (touch,) = touched(answer, [KeyPoint("The point.", ways)])
    assert touch.touched is bool(touch.found)
    return touch.found


@pytest.mark.parametrize(
    ("answer", "way"),
    [
        ("Gradients ACCUMULATE.", "accumulate"),
        ("gradients are being accumulated", "gradient accumulation"),
        ("It copies nothing.", "copy"),
        ("the optimizer's state", "optimiser"),
        ("Normalization of every batch", "normalise batches"),
        ("I call `optimizer.zero_grad()` first", "zero_grad"),
        ("zero grad comes first", "zero_grad"),
        ("Both views share one storage.", "share same|one memory|storage"),
        ("the same memory is shared", "share same|one memory|storage"),
        ("a DataLoader does it", '"data loader"'),
        ("a data loader does it", "dataloader"),
        ("under torch.no_grad nothing is recorded", '"no grad"|inference_mode'),
        ("with inference mode nothing is recorded", '"no grad"|inference_mode'),
        ("the storage,\n\nwhich they share", "share storage"),
        ("Dans le café", "café"),
    ],
)
def test_what_is_found(answer: str, way: str) -> None:
    assert found(answer, way)


@pytest.mark.parametrize(
    ("answer", "way"),
    [
        ("", "accumulate"),
        ("?! ...", "accumulate"),
        ("Gradients are summed.", "accumulate"),
        ("zero the grad", "zero_grad"),
        ("the grad is zero", "zero_grad"),
        ("They share a name.", "share memory|storage"),
        ("a loader of data", '"data loader"'),
        ("form", "format"),
        ("it is passed on", "past"),
        ("anything at all", '""'),
        ("anything at all", "| |"),
    ],
)
def test_what_is_not_found(answer: str, way: str) -> None:
    assert found(answer, way) == ()


def test_the_pieces_are_those_of_the_answer_one_for_each_way() -> None:
    answer = "Well: the  Gradients\nACCUMULATE, so zero_grad comes first."
    assert found(answer, "zero_grad", "accumulate gradient", "detach") == (
        "zero_grad",
        "Gradients ACCUMULATE",
    )


def test_the_shortest_stretch_is_shown() -> None:
    answer = "A view is cheap. Views share memory. Later on, memory is scarce."
    assert found(answer, "view memory") == ("Views share memory",)


def test_terms_of_one_way_must_stand_near_each_other() -> None:
    between = " ".join(["word"] * (WINDOW - 2))
    assert found(f"share {between} storage", "share storage")
    assert found(f"share {between} more storage", "share storage") == ()


def test_a_long_piece_is_cut() -> None:
    (piece,) = found(f"share {'x' * 500} storage", "share storage")
    assert len(piece) == LONGEST_PIECE
    assert piece.endswith("…")


def test_each_key_point_gets_its_own_answer_in_order() -> None:
    points = [KeyPoint("One", ("view",)), KeyPoint("Two", ("copy",)), KeyPoint("Three")]
    touches = touched("reshape may copy", points)
    assert [touch.point for touch in touches] == points
    assert [touch.touched for touch in touches] == [False, True, False]
    assert [touch.can_tell for touch in touches] == [True, True, False]


def test_limits_it_reads_words_and_no_meaning() -> None:
    """What the page says beside every suggestion; a person scores."""
    assert found("A view does NOT share its storage.", "share storage")
    assert found("I have no idea what zero_grad is for.", "zero_grad")
    assert found("Both look at the very same bytes.", "share memory|storage") == ()


@pytest.mark.parametrize(
    "words",
    [
        ("accumulate", "accumulates", "accumulated", "accumulating", "accumulation"),
        ("copy", "copies", "copied", "copying"),
        ("batch", "batches", "batched", "batching"),
        ("loss", "losses"),
        ("bias", "biases"),
        ("process", "processes"),
        ("shuffle", "shuffles", "shuffled", "shuffling"),
        ("stop", "stopped", "stopping"),
        ("colour", "color", "colors"),
        ("optimiser", "Optimizers"),
    ],
)
def test_endings_and_spellings_that_make_no_difference(words: tuple[str, ...]) -> None:
    assert len({stem(word) for word in words}) == 1


@given(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=4))
def test_any_text_is_read(answer: str, ways: list[str]) -> None:
    for piece in found(answer, *ways):
        assert 0 < len(piece) <= LONGEST_PIECE


def test_a_hostile_answer_costs_little() -> None:
    points = [KeyPoint("One", ("gradient add|sum memory", '"word gradient"'))] * 20
    began = time.perf_counter()
    touched("word gradient add memory " * LONGEST_TEXT, points)
    assert time.perf_counter() - began < 2
