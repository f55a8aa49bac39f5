"""Code that was written to break the report: it is made all the same, in time, and stays small."""

import time

import pytest

from backend.report.difference import difference
from backend.report.listing import listing
from tests.backend.report.logbook import Logbook, stage
from tests.backend.report.small_bank import BANK, SCALE

REFERENCE = "import torch\n\n\ndef scale(x, by):\n    return x * by\n"


@pytest.mark.parametrize(
    "code",
    ["\n" * 60_000, "a\nb\n" * 16_000, "    return x * by\n" * 3500, "x = 1 \n" * 9000],
    ids=["empty", "two", "of the reference", "same"],
)
def test_a_text_of_ever_so_many_lines_is_cut(code: str) -> None:
    began = time.perf_counter()
    shown, compared = listing(code, []), difference(code, REFERENCE)
    assert time.perf_counter() - began < 2
    assert len(shown) == 2001
    assert "further lines are not shown" in shown[-1].code
    assert len(compared) < 2100
    assert compared[-1].side == "gap"
    assert "not compared" in compared[-1].text


def test_a_text_that_people_write_is_whole() -> None:
    code = "".join(f"x{number} = {number}\n" for number in range(2000))
    assert len(listing(code, [])) == 2000
    assert sum(line.side == "own" for line in difference(code, REFERENCE)) == 2000


def test_a_page_that_tells_of_itself_without_end_is_counted() -> None:
    book = Logbook(BANK, [stage("coding", "Code", SCALE.slug)])
    book.begin(0)
    for _ in range(1000):
        book.wait(1).add("candidate", "focus", away=True)
        book.wait(1).add("candidate", "focus", away=False)
    marks = book.report().timeline.marks
    assert len(marks) == 701
    assert marks[-1].sentence == "300 more of this kind from here on: The page was left for 1 s"


def test_leaving_the_page_in_the_lobby_hides_nothing_that_follows() -> None:
    book = Logbook(BANK, [stage("coding", "Code", SCALE.slug)])
    book.at = -5000
    for _ in range(1000):
        book.wait(1).add("candidate", "focus", away=True)
        book.wait(1).add("candidate", "focus", away=False)
    book.at = 0
    book.begin(0)
    book.wait(10).add("candidate", "focus", away=True)
    book.wait(20).add("candidate", "focus", away=False)
    assert [mark.sentence for mark in book.report().timeline.marks] == [
        "The page was left for 20 s"
    ]
