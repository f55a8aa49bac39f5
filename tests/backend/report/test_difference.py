"""The candidate's text beside the reference."""

from hypothesis import given
from hypothesis import strategies as st

from backend.report.difference import difference, lines_of

LINES = st.lists(st.sampled_from(["a", "b", "", "    c", "d "]), max_size=12)


def test_a_change_stands_between_the_lines_around_it() -> None:
    own = "\n".join([*"abcdefgh", "mine", *"ijklmnop"])
    reference = "\n".join([*"abcdefgh", "yours", *"ijklmnop"])
    told = [(line.side, line.text) for line in difference(own, reference)]
    assert told == [
        ("gap", "5 equal lines"),
        *[("both", letter) for letter in "fgh"],
        ("own", "mine"),
        ("reference", "yours"),
        *[("both", letter) for letter in "ijk"],
        ("gap", "5 equal lines"),
    ]


def test_the_same_text_has_no_difference() -> None:
    assert difference("a\nb\n", "a\nb") == []
    assert difference("a \nb", "a\nb") == []  # white space at the end of a line is none


@given(LINES, LINES)
def test_both_texts_can_be_read_from_it(left: list[str], right: list[str]) -> None:
    own, reference = "\n".join(left), "\n".join(right)
    lines = difference(own, reference)
    kept = {line.own: line.text for line in lines if line.own is not None}
    assert all(lines_of(own)[number - 1] == text for number, text in kept.items())
    only_there = [line for line in lines if line.side == "reference"]
    for line in only_there:
        assert line.reference is not None
        assert lines_of(reference)[line.reference - 1] == line.text
    hidden = sum(int(line.text.split()[0]) for line in lines if line.side == "gap")
    shown = len([line for line in lines if line.own is not None])
    assert not lines or shown + hidden == len(lines_of(own))


def test_of_lines_that_are_alike_the_words_that_differ_are_known() -> None:
    own, reference = difference("    y = x * scale[:, None]", "    y = x / scale[:, None]  # rows")
    assert [own.text[begin:end] for begin, end in own.changed] == ["*"]
    assert [reference.text[begin:end] for begin, end in reference.changed] == ["/", "  # rows"]


def test_lines_that_have_nothing_in_common_are_not_compared_word_by_word() -> None:
    assert [line.changed for line in difference("import os", "return total / count")] == [[], []]


@given(LINES, LINES)
def test_what_is_left_of_two_versions_of_a_line_is_the_same(
    left: list[str], right: list[str]
) -> None:
    lines = difference("\n".join(left), "\n".join(right))
    for line in lines:
        ends = [0, *(edge for pair in line.changed for edge in pair), len(line.text)]
        assert ends == sorted(ends)
