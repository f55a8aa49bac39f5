"""What is shown of it: lessons, what is due, what to begin with."""

from datetime import timedelta
from pathlib import Path

import pytest

from backend.bank import Bank, load_bank
from backend.practice.history import PastRun, sittings
from backend.practice.progress import ago, due, lessons, progress, suggestions, upcoming, why_due
from tests.backend.example_question import write_question
from tests.backend.practice.past import at, run


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    _add(tmp_path, "scale-rows", lesson="tensor-operations", level="medium")
    _add(tmp_path, "other-rows", lesson="tensor-operations", level="easy")
    _add(tmp_path, "hard-layer", lesson="custom-layers", level="hard")
    _add(tmp_path, "easy-mlp", lesson="fundamentals", level="easy")
    return load_bank(tmp_path)


def _add(folder: Path, slug: str, lesson: str, level: str) -> None:
    file = write_question(folder, slug) / "question.toml"
    text = file.read_text()
    for key, value in (("lesson", lesson), ("level", level)):
        lines = [
            f'{key} = "{value}"' if line.startswith(f"{key} =") else line
            for line in text.splitlines()
        ]
        text = "\n".join(lines) + "\n"
    file.write_text(text)


def after(bank: Bank, *runs: PastRun):  # type: ignore[no-untyped-def]
    return progress(bank, sittings(list(runs), []))


def test_lessons_count_passed_tried_and_all(bank: Bank) -> None:
    done = after(bank, run(0), run(0, "failed", question="other-rows"), run(0, question="gone"))
    counts = {one.id: (one.passed, one.tried, one.total) for one in lessons(bank, done)}
    assert counts == {
        "tensor-operations": (1, 2, 2),
        "custom-layers": (0, 0, 1),
        "fundamentals": (0, 0, 1),
    }


def test_a_pass_stays_a_pass_after_a_later_failure(bank: Bank) -> None:
    done = after(bank, run(0), run(0, "failed", days=5))
    assert done["scale-rows"].passed
    assert done["scale-rows"].attempts == 2


def test_what_failed_is_due_the_next_day_and_first_what_waited_longest(bank: Bank) -> None:
    done = after(bank, run(5, "failed"), run(0, "failed", question="easy-mlp"))
    assert due(done, at(days=0.5)) == []
    assert [one.question.slug for one in upcoming(done, at(days=0.5))] == ["easy-mlp", "scale-rows"]
    assert [one.question.slug for one in due(done, at(days=2))] == ["easy-mlp", "scale-rows"]
    assert upcoming(done, at(days=2)) == []


def test_new_questions_are_the_easiest_of_each_lesson_easy_ones_first(bank: Bank) -> None:
    found = [(one.question.slug, one.why) for one in suggestions(bank, {})]
    assert found == [
        ("other-rows", "Begins Tensor operations."),
        ("easy-mlp", "Begins Fundamentals."),
        ("hard-layer", "Begins Custom layers."),
    ]


def test_what_was_tried_is_not_new(bank: Bank) -> None:
    done = after(bank, run(0, question="other-rows"), run(0, "failed", question="easy-mlp"))
    found = [(one.question.slug, one.why) for one in suggestions(bank, done)]
    assert found == [
        ("scale-rows", "Goes on with Tensor operations: 1 of 2 passed."),
        ("hard-layer", "Begins Custom layers."),
    ]


@pytest.mark.parametrize(
    ("runs", "why"),
    [
        ([run(0, "failed")], "Not passed yet; last tried 3 days ago."),
        ([run(0)], "Passed 3 days ago: does it still come?"),
        ([run(0, days=-9), run(0, "failed")], "Not passed 3 days ago."),
    ],
)
def test_why_something_is_due_is_said(bank: Bank, runs: list[PastRun], why: str) -> None:
    done = after(bank, *runs)
    assert why_due(done["scale-rows"], at(days=3)) == why


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (1, "today"),
        (13, "yesterday"),
        (30, "yesterday"),
        (49, "2 days ago"),
        (24 * 20, "3 weeks ago"),
        (24 * 100, "3 months ago"),
    ],
)
def test_times_are_told_as_people_tell_them(hours: int, words: str) -> None:
    assert ago(timedelta(hours=hours)) == words
