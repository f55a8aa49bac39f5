"""The clock of a room: deadlines by the server's time alone, whoever looks and whenever."""

from datetime import timedelta

import pytest

from backend.room import due
from backend.room.events import Rules
from tests.backend.room.playing import BEGIN, CODING, WHOLE, Play, coding, plan, stage
from tests.backend.room.small_bank import BANK

TEN = timedelta(minutes=10)


def runs(room: Play) -> list[tuple[str, str]]:
    return [(run.question, run.why) for run in room.state.runs.values()]


def test_nothing_happens_before_zero() -> None:
    room = coding()
    room.wait(minutes=9, seconds=59)
    assert (room.state.phase, room.next_at) == ("coding", BEGIN + TEN)
    assert room.state.clock.remaining(room.now) == 1


def test_at_zero_the_text_is_submitted_as_it_stands_and_once() -> None:
    room = coding()
    room.type("as it stands")
    room.wait(minutes=10)
    room.wait(minutes=1)

    assert runs(room) == [("scale-rows", "time")]
    run, phase = room.log[-2], room.log[-1]
    assert (run.kind, run.author, run.body["version"]) == ("run", "system", 1)
    assert (phase.kind, phase.body["why"], room.state.phase) == ("phase", "time", "follow-ups")


def test_what_was_submitted_in_this_form_is_not_submitted_again() -> None:
    room = coding()
    room.type("final")
    room.run("submit")
    room.wait(minutes=10)
    assert runs(room) == [("scale-rows", "asked")]


def test_what_was_changed_since_is() -> None:
    room = coding()
    room.type("nearly")
    room.run("submit")
    room.type("final")
    room.wait(minutes=10)
    assert runs(room) == [("scale-rows", "asked"), ("scale-rows", "time")]


def test_a_run_is_no_submission_and_one_that_we_lost_is_none_either() -> None:
    room = coding()
    room.run("run")
    room.fail(room.run("submit"))
    room.wait(minutes=10)
    assert [why for _, why in runs(room)] == ["asked", "asked", "time"]


def test_answers_are_submitted_at_zero_too() -> None:
    room = Play(plan(stage("quick-checks", 5, "quiz", "predict", "concept"), stage("wrap-up", 1)))
    room.on()
    room.run("submit", "quiz")
    room.wait(minutes=5)
    assert runs(room) == [("quiz", "asked"), ("predict", "time")]


def test_every_question_of_the_stage_is_submitted() -> None:
    room = Play(plan(stage("coding", 5, "scale-rows", "broken-loop")))
    room.on()
    room.wait(minutes=5)
    assert runs(room) == [("scale-rows", "time"), ("broken-loop", "time")]
    assert room.state.phase == "finished"


def test_a_late_look_goes_through_what_it_missed_stage_by_stage() -> None:
    """The server was away for 16 minutes: coding (10) and follow-ups (5) are over since."""
    room = Play(plan(CODING, stage("follow-ups", 5, "scale-rows"), stage("wrap-up", 3)))
    room.on()
    room.wait(minutes=16)

    assert room.state.phase == "wrap-up"
    assert room.state.clock.deadline == BEGIN + timedelta(minutes=18), "not from the look"
    assert runs(room) == [("scale-rows", "time")]
    assert [event.body["began"] for event in room.events("phase")][2:] == [
        "2026-03-02T09:10:00.000Z",
        "2026-03-02T09:15:00.000Z",
    ]
    assert {event.at for event in room.log[-3:]} == {room.now}, "what is written is written now"


def test_the_script_passes_over_stages_that_are_over() -> None:
    room = Play(plan(*WHOLE))
    room.on()
    room.wait(hours=3)
    assert room.state.phase == "finished"
    assert room.said("task") == room.said("follow-up") == room.said("closing") == []


def test_an_interview_ends_when_it_was_to_end_however_often_it_is_looked_at() -> None:
    seldom, often = (Play(plan(*WHOLE)) for _ in range(2))
    for room in (seldom, often):
        room.on()
    seldom.wait(minutes=21)
    for _ in range(21 * 6):
        often.wait(seconds=10)
    assert seldom.state.clock == often.state.clock
    assert seldom.state.phase == often.state.phase == "quick-checks"


def test_nobody_there_and_pages_that_come_and_go_change_nothing() -> None:
    room = coding()
    before = room.next_at
    room.wait(minutes=3)
    room.join("candidate")
    room.join("interviewer")
    assert room.next_at == before == BEGIN + TEN


def test_a_pause_stops_the_clock_and_resuming_starts_it() -> None:
    room = coding()
    room.wait(minutes=6)
    room.send("interviewer", "pause")
    assert room.next_at is None
    room.wait(hours=2)
    assert room.state.phase == "coding"
    room.send("interviewer", "resume")
    assert room.next_at == room.now + timedelta(minutes=4)


def test_an_extension_is_for_the_present_stage_only() -> None:
    room = coding()
    room.send("interviewer", "extend", seconds=120)
    assert room.next_at == BEGIN + timedelta(minutes=12)
    room.wait(minutes=12)
    assert room.state.clock.deadline == BEGIN + timedelta(minutes=17)
    assert room.state.clock.extended == 0


def test_without_a_clock_nothing_ends_by_itself() -> None:
    room = Play(plan(stage("coding", None, "scale-rows"), practice=True, script=False))
    room.on()
    room.wait(days=30)
    assert (room.state.phase, room.next_at) == ("coding", None)


@pytest.mark.parametrize("whole", [True, False], ids=["lobby", "finished"])
def test_lobby_and_end_wait_for_nothing(whole: bool) -> None:
    room = Play(plan(*WHOLE))
    if not whole:
        for _ in range(6):
            room.on()
        assert room.state.phase == "finished"
    room.wait(days=1)
    assert due.due(room.state, room.now, BANK) == due.NOTHING


def test_a_whiteboard_is_judged_at_the_end() -> None:
    room = coding(rules=Rules(run=False))
    room.type("written")
    room.wait(minutes=10)
    assert runs(room) == [("scale-rows", "time")]


def test_a_run_under_way_holds_nobody_up() -> None:
    room = coding()
    run = room.run("submit")
    room.wait(minutes=10)
    assert room.state.phase == "follow-ups"
    room.verdict(run)
    assert room.state.runs[run].outcome == "passed"


def test_time_moves_by_argument_only() -> None:
    room = coding()
    one, other = (due.due(room.state, room.now, BANK) for _ in range(2))
    assert one == other == due.Due((), BEGIN + TEN)


def test_a_question_that_left_the_bank_holds_nobody_up() -> None:
    room = Play(plan(stage("coding", 5, "gone"), stage("wrap-up", 1)))
    room.on()
    room.wait(minutes=5)
    assert room.state.phase == "wrap-up"
