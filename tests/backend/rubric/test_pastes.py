"""How much came from outside of the room."""

from backend.rubric.pastes import read_writing
from backend.rubric.signals import read_signals
from tests.backend.rubric.diary import Diary

OWN = "def helper(x): return x + 1"
FOREIGN = "class Attention: ..."


def diary_with(text: str) -> Diary:
    diary = Diary("edges")
    diary.add("system", "opened", document="code/edges", text=text)
    diary.add("system", "opened", document="scratch", text="")
    return diary


def test_pasted_text_counts_with_its_place() -> None:
    diary = diary_with("ab")
    diary.edit("code/edges", [1, [0, FOREIGN], 1], pasted=len(FOREIGN))
    writing = read_writing(diary.events)
    (one,) = writing.pastes
    assert (one.document, one.characters, one.excerpt) == ("code/edges", len(FOREIGN), FOREIGN)
    assert one.seq == diary.events[-1].seq
    assert (writing.typed, writing.pasted) == (len(FOREIGN), len(FOREIGN))


def test_the_share_is_of_all_that_was_written() -> None:
    diary = diary_with("")
    diary.edit("code/edges", [[0, "x" * 60]])
    diary.edit("code/edges", [60, [0, FOREIGN]], pasted=len(FOREIGN))
    assert read_signals(diary.events).pasted_share == len(FOREIGN) / (60 + len(FOREIGN))


def test_what_stands_in_a_document_may_be_put_into_another() -> None:
    diary = diary_with(OWN)
    diary.edit("scratch", [[0, OWN]], pasted=len(OWN))
    assert read_writing(diary.events).pastes == ()


def test_what_was_cut_may_be_put_back_elsewhere() -> None:
    diary = diary_with(f"a\n{OWN}\nb")
    diary.edit("code/edges", [2, [len(OWN)], 2])
    diary.edit("code/edges", [4, [0, OWN]], pasted=len(OWN))
    assert read_writing(diary.events).pasted == 0


def test_a_browser_that_says_too_much_is_held_to_what_it_inserted() -> None:
    diary = diary_with("")
    diary.edit("code/edges", [[0, "abc"]], pasted=5000)
    assert read_writing(diary.events).pasted == 3


def test_an_edit_that_only_deletes_pastes_nothing() -> None:
    diary = diary_with("abc")
    diary.edit("code/edges", [[3]], pasted=3)
    assert read_writing(diary.events) == read_writing(diary_with("abc").events)


def test_several_lines_and_letters_outside_of_the_basic_plane_are_followed() -> None:
    diary = diary_with("# 🙂\n")
    diary.edit("code/edges", [5, [0, "x = 1", "y = 2"]], pasted=11)
    diary.edit("scratch", [[0, "# 🙂", "x = 1"]], pasted=9)
    assert [one.characters for one in read_writing(diary.events).pastes] == [11]


def test_what_the_interviewer_writes_is_not_the_candidates() -> None:
    diary = diary_with("")
    about = {"document": "scratch", "version": 0, "client": "two", "pasted": 3}
    diary.add("interviewer", "edit", **about, changes=[[[0, "abc"]]])
    diary.edit("notes", [[0, "abc"]], pasted=3)
    writing = read_writing(diary.events)
    assert (writing.typed, writing.pasted) == (0, 0)
