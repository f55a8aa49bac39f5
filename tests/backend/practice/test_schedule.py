"""When a question comes again: soon after a failure, later and later after passes."""

import pytest
from fsrs import Rating

from backend.practice.history import PastRun, Sitting, sittings
from backend.practice.schedule import due_at, rating
from tests.backend.practice.past import THEN, event, room_of, run

MINUTES = 20


def only(runs: list[PastRun], hints: int = 0) -> Sitting:
    log = room_of("scale-rows") if any(run.room for run in runs) else []
    given = [event(7, "hint", question="scale-rows", level=1)] * hints
    (one,) = sittings(runs, log + given)
    return one


@pytest.mark.parametrize(
    ("sitting", "expected"),
    [
        (only([run(0, "failed")]), Rating.Again),
        (only([run(0, "timed_out", room="r1")]), Rating.Again),
        (only([run(0)]), Rating.Good),
        (only([run(0, "failed"), run(1)]), Rating.Good),
        (only([run(0, "failed"), run(1, "failed"), run(2)]), Rating.Hard),
        (only([run(10, room="r1")], hints=1), Rating.Hard),
        (only([run(16, room="r1")]), Rating.Easy),
        (only([run(17, room="r1")]), Rating.Good),
        (only([run(0, "failed", mode="run"), run(9)]), Rating.Easy),
        (only([run(0, "failed", mode="run"), run(11)]), Rating.Good),
    ],
)
def test_a_sitting_is_rated(sitting: Sitting, expected: Rating) -> None:
    assert rating(sitting, "code", MINUTES) == expected


@pytest.mark.parametrize(
    ("touched", "expected"), [(1, Rating.Again), (2, Rating.Hard), (3, Rating.Good)]
)
def test_a_concept_is_rated_by_its_key_points(touched: int, expected: Rating) -> None:
    points = [number < touched for number in range(4)]
    log = [*room_of("c"), event(8, "score", question="c", item=0, points=points)]
    (one,) = sittings([], log)
    assert rating(one, "concept", MINUTES) == expected


def due_in_days(*runs: PastRun) -> int:
    due = due_at(sittings(list(runs), []), "code", MINUTES)
    assert due is not None
    return (due - THEN).days


def test_a_failure_comes_again_tomorrow() -> None:
    assert due_in_days(run(0, "failed")) == 1


def test_each_pass_puts_it_off_for_longer() -> None:
    once = due_in_days(run(0))
    twice = due_in_days(run(0), run(0, days=once))
    thrice = due_in_days(run(0), run(0, days=once), run(0, days=twice))
    assert 1 < once < twice - once < thrice - twice


def test_a_failure_after_passes_brings_it_back_soon() -> None:
    passed = due_in_days(run(0), run(0, days=2))
    failed = due_in_days(run(0), run(0, days=2), run(0, "failed", days=passed))
    assert failed - passed <= 3


def test_a_harder_pass_comes_again_sooner_than_an_easy_one() -> None:
    hard = due_in_days(run(0, "failed"), run(1, "failed"), run(2))
    easy = due_in_days(run(0, "failed", mode="run"), run(5))
    assert hard < easy


def test_a_run_that_was_no_submit_sets_no_date() -> None:
    assert due_at(sittings([run(0, mode="run")], []), "code", MINUTES) is None


def test_the_same_history_gives_the_same_date() -> None:
    runs = [run(0, "failed"), run(0, days=1), run(0, days=9), run(0, "error", days=40)]
    dates = {due_at(sittings(runs, []), "code", MINUTES) for _ in range(20)}
    assert len(dates) == 1
