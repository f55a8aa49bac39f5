"""What the succession of events tells."""

import pytest

from backend.rubric import assess
from backend.rubric.signals import QuestionSignals, read_signals
from tests.backend.rubric.diary import Diary, case, facts

SHAPES = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"


def die(diary: Diary, run: str, message: str = SHAPES, name: str = "values") -> None:
    diary.run(run, "edges", "run")
    ended = case(name, "shape-awareness", "error", message=message)
    diary.judged(run, "edges", [ended], mode="run")


def good(diary: Diary, run: str, mode: str = "run") -> None:
    diary.run(run, "edges", mode)
    diary.judged(run, "edges", [case("values", "shape-awareness")], mode=mode)


def of_edges(diary: Diary) -> QuestionSignals:
    (one,) = read_signals(diary.events).questions
    return one


def test_three_runs_in_a_row_that_die_on_shapes_are_trial_and_error() -> None:
    diary = Diary("edges")
    for run in ("r1", "r2", "r3"):
        die(diary, run)
    (streak,) = of_edges(diary).shape_streaks
    assert streak.runs == ("r1", "r2", "r3")
    assert (streak.message, streak.seq) == (SHAPES, diary.events[-1].seq)
    evidence = {one.id: one for one in assess(diary.session(edges=facts())).evidence}
    one = evidence["signal:edges:shapes"]
    assert (one.criterion, one.value, one.weight) == ("shape-awareness", 0.0, 0.5)
    assert (one.link.run, one.link.seq) == ("r3", streak.seq)
    assert one.text == "3 runs of Soft edges in a row died on shapes: trial and error."


@pytest.mark.parametrize("between", ["good", "other"])
def test_a_run_that_ends_otherwise_breaks_the_row(between: str) -> None:
    diary = Diary("edges")
    die(diary, "r1")
    die(diary, "r2")
    if between == "good":
        good(diary, "r3")
    else:
        die(diary, "r3", "NameError: name 'y' is not defined")
    die(diary, "r4")
    assert of_edges(diary).shape_streaks == ()


def test_a_run_that_we_failed_to_judge_neither_breaks_the_row_nor_counts() -> None:
    diary = Diary("edges")
    die(diary, "r1")
    die(diary, "r2")
    diary.run("r3", "edges", "run")
    diary.failed_by_us("r3", "edges", "run")
    assert of_edges(diary).shape_streaks == ()
    die(diary, "r4")
    assert of_edges(diary).shape_streaks[0].runs == ("r1", "r2", "r4")


def test_the_same_failure_four_times_is_being_stuck() -> None:
    diary = Diary("edges")
    for run in ("r1", "r2", "r3"):
        die(diary, run, "It differs.")
    assert of_edges(diary).stuck == ()
    die(diary, "r4", "It differs still.")
    (streak,) = of_edges(diary).stuck
    assert (len(streak.runs), streak.message) == (4, "It differs still.")
    ids = {one.id: one.criterion for one in assess(diary.session(edges=facts())).evidence}
    assert ids == {"signal:edges:stuck": "debugging"}


def test_failures_that_are_soon_gone_speak_for_debugging() -> None:
    diary = Diary("edges")
    die(diary, "r1", "It differs.", "values")
    die(diary, "r2", "It differs.", "gradient")
    die(diary, "r3", "It differs.", "gradient")
    good(diary, "r4")
    assert (of_edges(diary).failures, of_edges(diary).mended) == (2, 2)
    (one,) = assess(diary.session(edges=facts())).evidence
    assert (one.id, one.value) == ("signal:edges:mended", 1.0)
    assert one.text == "Each of 2 failures in Soft edges was mended within two runs."


def test_a_failure_that_stays_to_the_end_was_not_mended() -> None:
    diary = Diary("edges")
    good(diary, "r1")
    die(diary, "r2", "It differs.")
    assert (of_edges(diary).failures, of_edges(diary).mended) == (1, 0)
    assert assess(diary.session(edges=facts())).evidence == ()


def test_answers_are_no_runs_to_be_stuck_in() -> None:
    diary = Diary("edges")
    for run in ("r1", "r2", "r3", "r4"):
        diary.submit(run, "edges", [case("item-1", "debugging", "failed")])
    kinds = {one.kind for one in assess(diary.session(edges=facts("quiz"))).evidence}
    assert kinds == {"case"}


def test_times_count_from_the_stage_without_pauses() -> None:
    diary = Diary("edges")
    diary.at = 100
    diary.phase(0)
    diary.at = 130
    diary.add("candidate", "pause")
    diary.at = 190
    diary.add("candidate", "resume")
    diary.at = 200
    good(diary, "r1")
    diary.at = 300
    good(diary, "r2", "submit")
    one = of_edges(diary)
    assert (one.first_run, one.passed) == (40.0, 140.0)
    assert (one.runs, one.submits, one.hints) == (1, 1, 0)


def test_a_stage_that_was_opened_late_counts_from_when_its_time_began() -> None:
    diary = Diary("edges")
    diary.at = 100
    diary.phase(0, began="2026-05-01T10:01:00+00:00")
    good(diary, "r1")
    assert of_edges(diary).first_run == 40.0


def test_what_the_clock_submitted_is_not_the_first_run() -> None:
    diary = Diary("edges")
    diary.phase(0)
    diary.run("r1", "edges", why="time")
    diary.judged("r1", "edges", [case("values", "shape-awareness", "failed")])
    one = of_edges(diary)
    assert (one.first_run, one.passed, one.submits) == (None, None, 1)


def test_silence_is_work_without_a_sign_of_it() -> None:
    diary = Diary("edges")
    diary.phase(0)
    diary.at = 100
    diary.edit("code/edges", [[0, "x"]])
    diary.at = 150
    diary.add("interviewer", "say", text="Well?", why="chat")
    diary.at = 300
    diary.add("candidate", "say", text="Yes.", why="chat")
    diary.at = 310
    diary.phase(1, "wrap-up")
    diary.at = 900
    diary.add("candidate", "say", text="Bye.", why="chat")
    (one,) = read_signals(diary.events).silences
    assert (one.seconds, one.seq) == (200.0, 3)


def test_seconds_away_are_added_up() -> None:
    diary = Diary("edges")
    for at, away in ((10, True), (12, True), (30, False), (40, False), (50, True)):
        diary.at = at
        diary.add("candidate", "focus", away=away)
    diary.at = 65
    diary.add("interviewer", "focus", away=True)
    signals = read_signals(diary.events)
    assert [one.seconds for one in signals.away] == [20.0, 15.0]
    assert signals.away_seconds == 35.0


def test_an_empty_log_tells_nothing() -> None:
    signals = read_signals([])
    assert signals.questions == ()
    assert (signals.typed, signals.pasted_share, signals.away_seconds) == (0, 0.0, 0)
