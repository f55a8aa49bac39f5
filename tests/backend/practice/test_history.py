"""Runs and rooms become sittings: one go at one question each."""

from hypothesis import given
from hypothesis import strategies as st

from backend.practice.history import PastRun, sittings
from tests.backend.practice.past import at, event, room_of, run


def test_what_lies_close_together_is_one_sitting() -> None:
    (one,) = sittings([run(0, "failed"), run(20, "error"), run(45)], [])
    assert (one.submits, one.passed, one.best, one.total) == (3, True, 4, 4)
    assert (one.began, one.at, one.seconds) == (at(0), at(45), 45 * 60)


def test_a_long_break_makes_two() -> None:
    first, second = sittings([run(0, "failed"), run(181)], [])
    assert (first.passed, second.passed) == (False, True)
    assert second.submits == 1


def test_the_same_moment_of_two_questions_is_two() -> None:
    assert len(sittings([run(0), run(0, question="other-rows")], [])) == 2


def test_a_room_is_a_sitting_of_its_own() -> None:
    assert len(sittings([run(0), run(10, room="r1")], room_of("scale-rows"))) == 2


def test_what_comes_after_the_pass_changes_nothing() -> None:
    before = sittings([run(0, "failed"), run(5)], [])
    assert sittings([run(0, "failed"), run(5), run(6, "failed"), run(7)], []) == before


def test_a_run_alone_is_a_try_without_a_submit() -> None:
    (one,) = sittings([run(0, mode="run")], [])
    assert (one.submits, one.passed, one.total, one.seconds) == (0, False, 0, None)


def test_the_best_of_what_failed_is_kept() -> None:
    (one,) = sittings([run(0, "failed", passed=3), run(5, "failed", passed=1)], [])
    assert (one.best, one.total, one.passed) == (3, 4, False)


def test_one_submit_alone_says_nothing_about_the_time_before_it() -> None:
    (one,) = sittings([run(0)], [])
    assert one.seconds is None


def test_in_a_room_time_counts_from_the_questions_stage() -> None:
    (one,) = sittings([run(20, room="r1")], room_of("scale-rows"))
    assert (one.began, one.seconds) == (at(6), 14 * 60)


def test_pauses_are_taken_off_as_far_as_they_lie_within() -> None:
    log = [
        *room_of("scale-rows")[:-1],
        event(4, "pause"),
        event(5, "resume"),
        event(6, "phase", stage=1),
        event(8, "pause"),
        event(12, "resume"),
        event(30, "pause"),
        event(40, "resume"),
    ]
    (one,) = sittings([run(20, room="r1")], log)
    assert one.seconds == 10 * 60


def test_hints_count_until_the_pass_and_for_their_question_only() -> None:
    log = [
        *room_of("scale-rows"),
        event(7, "hint", question="scale-rows", level=1),
        event(8, "hint", question="other-rows", level=1),
        event(9, "hint", question="scale-rows", level=2),
        event(30, "hint", question="scale-rows", level=3),
    ]
    (one,) = sittings([run(20, room="r1")], log)
    assert one.hints == 2


def test_a_concept_is_the_latest_score_of_each_of_its_items() -> None:
    log = [
        *room_of("concept-rows"),
        event(8, "score", question="concept-rows", item=0, points=[False, False]),
        event(9, "score", question="concept-rows", item=0, points=[True, False]),
        event(10, "score", question="concept-rows", item=1, points=[True, True]),
        event(11, "score", criterion="communication", level="yes"),
    ]
    (one,) = sittings([], log)
    assert (one.best, one.total, one.passed, one.is_scored) == (3, 4, True, True)
    assert one.at == at(10)


def test_less_than_half_of_the_points_is_no_pass() -> None:
    points = [True, False, False]
    log = [*room_of("c"), event(8, "score", question="c", item=0, points=points)]
    assert [one.passed for one in sittings([], log)] == [False]


def test_rooms_are_told_apart() -> None:
    log = [*room_of("a", "r1"), *room_of("a", "r2")]
    runs = [run(10, question="a", room="r1"), run(8, question="a", room="r2")]
    assert [(one.room, one.seconds) for one in sittings(runs, log)] == [("r2", 120), ("r1", 240)]


_RUNS = st.lists(
    st.builds(
        run,
        st.integers(0, 2000),
        st.sampled_from(["passed", "failed", "timed_out"]),
        question=st.sampled_from(["a", "b"]),
        mode=st.sampled_from(["run", "submit"]),
    ),
    max_size=30,
    unique_by=lambda run: run.at,
)


@given(_RUNS, st.randoms())
def test_the_same_history_in_any_order_is_the_same_sittings(runs: list[PastRun], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(runs)
    random.shuffle(shuffled)
    found = sittings(runs, [])
    assert sittings(shuffled, []) == found
    assert {one.question for one in found} == {run.question for run in runs}
    for one in found:
        assert one.passed <= (one.submits > 0)
        assert one.began <= one.at
        assert one.seconds is None or one.seconds > 0
