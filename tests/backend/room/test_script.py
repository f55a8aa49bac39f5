"""What the scripted interviewer says, when, and that it says nothing twice."""

from datetime import timedelta

import pytest

from backend.room import lines, script_coding
from backend.room.events import Rules
from backend.room.hint_words import speaks_of_a_hint
from tests.backend.room.playing import BEGIN, WHOLE, Play, coding, plan, stage


def scripted(**fields: object) -> Play:
    return coding(script=True, **fields)


def follow_ups(**fields: object) -> Play:
    room = scripted(**fields)
    room.on()
    return room


def answer(room: Play, item: int, text: str) -> None:
    if text:
        room.type(text, f"answer/scale-rows/{item}")
    room.send("candidate", "answered", question="scale-rows", item=item)


# Opening and task


def test_it_opens_with_the_plan_the_advice_and_what_is_recorded() -> None:
    room = Play(plan(*WHOLE, tips=["Think aloud.", "Name the shapes."]))
    assert room.said() == [], "nothing is said in the lobby"
    room.on()

    (opening,) = room.said()
    assert "Ada" in opening
    assert "23 minutes" in opening
    assert "- Name the shapes." in opening
    assert "change no score" in opening
    assert "Title of" not in opening, "no question is named before its time"


def test_it_sets_the_task_with_its_time_and_the_price_of_hints() -> None:
    (task,) = scripted().said("task")
    assert "**Title of scale-rows**" in task
    assert "Summary of scale-rows." in task
    assert "10 minutes" in task
    assert "3 hints" in task
    assert "5%" in task


def test_it_says_when_hints_are_free_when_there_are_none_and_when_nothing_is_run() -> None:
    assert "%" not in scripted(rules=Rules(hint_cost=0)).said("task")[0]
    assert "hints" not in scripted(rules=Rules(hints=False)).said("task")[0]
    assert lines.WHITEBOARD in scripted(rules=Rules(run=False)).said("task")[0]


def test_every_question_of_a_stage_has_its_task() -> None:
    room = Play(plan(stage("coding", None, "scale-rows", "broken-loop")))
    room.on()
    first, second = room.said("task")
    assert "Title of scale-rows" in first
    assert "Title of broken-loop" in second
    assert lines.NO_CLOCK in first


# Hints


def test_asked_in_words_it_first_names_the_price_and_then_helps() -> None:
    room = scripted()
    room.send("candidate", "say", text="May I have a hint?")
    assert room.state.hints == {}
    assert "5%" in room.said("hint")[0]
    room.send("candidate", "say", text="Yes, a hint please.")
    assert room.state.hints == {"scale-rows": 1}
    assert "Text 1 of scale-rows." in room.said("hint")[1]
    room.send("candidate", "say", text="I'm still stuck, another hint?")
    room.send("candidate", "say", text="One more hint, please.")
    assert room.state.hints == {"scale-rows": 3}
    room.send("candidate", "say", text="And a hint?")
    assert room.said("hint")[-1] in lines.NO_HINT_LEFT


def test_the_button_gives_the_hint_at_once() -> None:
    room = scripted()
    room.send("candidate", "hint", question="scale-rows")
    assert "Hint 1 of scale-rows" in room.said("hint")[0]
    assert [event.author for event in room.events("hint")] == ["candidate"]


def test_where_there_are_no_hints_it_says_so() -> None:
    room = scripted(rules=Rules(hints=False))
    room.send("candidate", "say", text="A hint, please")
    assert room.said("hint")[0] in lines.NO_HINTS_HERE


@pytest.mark.parametrize(
    "text",
    [
        "May I have a hint?",
        "Could you give me a clue",
        "need hints please",
        "Hint!",
        "Yes, a hint please.",
        "One more hint, please.",
        "I'm still stuck, another small hint?",
        "the next hint",
    ],
)
def test_words_that_ask_for_a_hint(text: str) -> None:
    assert speaks_of_a_hint(text)


@pytest.mark.parametrize(
    "text",
    [
        "I add type hints.",
        "I need type hints here",
        "No hint please",
        "I don't want a hint yet",
        "The hint said keepdim.",
        "That was a hint too much",
        "I have read the first hint again",
        "I'm stuck.",
        "shapes are (n, c)",
    ],
)
def test_words_that_do_not(text: str) -> None:
    assert not speaks_of_a_hint(text)


# Questions of the candidate


def test_asked_something_it_says_once_that_it_is_a_script() -> None:
    room = scripted()
    room.send("candidate", "say", text="Is scale always positive?")
    assert room.said("reaction")[0] in lines.ONLY_A_SCRIPT
    room.send("candidate", "say", text="And may it be empty?")
    assert len(room.said("reaction")) == 1


def test_where_an_interviewer_is_there_the_question_is_theirs() -> None:
    room = scripted()
    room.join("interviewer")
    room.send("candidate", "say", text="Is scale always positive?")
    assert room.said("reaction") == []


# Nudges


def test_after_three_minutes_of_silence_it_asks_and_then_after_three_more() -> None:
    room = scripted()
    assert room.next_at == BEGIN + timedelta(seconds=180)
    room.wait(seconds=179)
    assert room.said("nudge") == []
    room.wait(seconds=1)
    assert len(room.said("nudge")) == 1
    room.wait(seconds=100)
    room.send("candidate", "say", text="Thinking.")
    room.wait(seconds=179)
    assert len(room.said("nudge")) == 1
    room.wait(seconds=1)
    assert len(set(room.said("nudge"))) == 2


def test_work_of_any_kind_is_no_silence() -> None:
    room = scripted()
    for number in range(3):
        room.wait(seconds=100)
        room.type(f"step {number}")
    room.wait(seconds=100)
    room.run()
    room.wait(seconds=100)
    assert room.said("nudge") == []


def test_it_does_not_talk_to_an_empty_room_or_while_the_clock_stands_still() -> None:
    empty = Play(plan(stage("coding", 10, "scale-rows")))
    empty.on()
    empty.wait(minutes=9)
    assert empty.said("nudge") == []

    paused = scripted()
    paused.send("interviewer", "pause")
    paused.wait(hours=1)
    paused.send("interviewer", "resume")
    assert paused.said("nudge") == []
    assert paused.next_at == paused.now + script_coding.SILENCE


def test_its_patience_outlasts_its_words() -> None:
    room = scripted(practice=True)
    room.send("candidate", "extend", seconds=7200)
    for _ in range(20):
        room.wait(minutes=3)
    assert len(room.said("nudge")) == len(set(room.said("nudge"))) == len(lines.SILENCE)


def test_the_same_case_failing_three_times_in_a_row_is_spoken_of_once() -> None:
    room = scripted()
    for _ in range(2):
        room.verdict(room.run(), [("one-column", "shape")])
    assert room.said("nudge") == []
    room.verdict(room.run("submit"), [("one-column", "shape")])
    (nudge,) = room.said("nudge")
    assert "Case one-column" in nudge
    assert "shape" in nudge
    for _ in range(3):
        room.verdict(room.run(), [("one-column", "shape")])
    assert len(room.said("nudge")) == 1


def test_another_case_between_breaks_the_row() -> None:
    room = scripted()
    for case in ("a", "a", "b", "a", "a"):
        room.verdict(room.run(), [(case, "value")])
    assert room.said("nudge") == []


def test_runs_that_we_lost_do_not_count_as_failures() -> None:
    room = scripted()
    for _ in range(2):
        room.verdict(room.run(), [("a", "value")])
    room.fail(room.run())
    assert room.said("nudge") == []


def test_when_all_passes_it_says_so_once_and_leaves_the_candidate_in_peace() -> None:
    room = scripted()
    room.verdict(room.run("run"))
    assert room.said("reaction") == [], "visible cases alone are not all"
    room.verdict(room.run("submit"))
    room.verdict(room.run("submit"))
    assert len(room.said("reaction")) == 1
    room.wait(minutes=5)
    assert room.said("nudge") == []


# Follow-ups


def test_follow_ups_are_put_one_by_one_and_reacted_to() -> None:
    room = follow_ups()
    assert room.said("opening") == ["Opening of scale-rows."]
    assert room.said("follow-up") == ["Follow-up 0 of scale-rows?"]
    room.wait(minutes=1)
    assert room.state.asked == (("scale-rows", 0, False),), "it waits"
    answer(room, 0, "The graph holds on to memory.")
    assert room.said("follow-up")[1] == "Follow-up 1 of scale-rows?"
    assert room.said("reaction")[0] in lines.REACTION
    answer(room, 1, "Memory of the graph.")
    assert len(set(room.said("reaction"))) == 2
    assert room.said("closing") == ["Closing of scale-rows."]


def test_where_key_points_are_missing_it_asks_one_thing_further() -> None:
    room = follow_ups()
    answer(room, 0, "Something about a graph.")
    (further,) = room.said("further")
    assert "Further 0 of scale-rows?" in further
    assert room.state.asked[-1] == ("scale-rows", 0, True)
    assert ("scale-rows", 0) not in room.state.answered, "it is open again"
    assert len(room.said("follow-up")) == 1
    answer(room, 0, "Still only the graph.")
    assert len(room.said("further")) == 1, "once"
    assert len(room.said("follow-up")) == 2


def test_what_is_said_in_the_talk_counts_as_answer() -> None:
    room = follow_ups()
    room.send("candidate", "say", text="The graph keeps memory alive.")
    answer(room, 0, "")
    assert room.said("further") == []
    assert room.said("reaction")[0] in lines.REACTION


def test_an_empty_answer_is_passed_over() -> None:
    room = follow_ups()
    answer(room, 0, "")
    assert room.said("further") == []
    assert room.said("reaction")[0] in lines.NOTHING_SAID
    assert len(room.said("follow-up")) == 2


def test_who_practises_without_the_script_has_all_of_them_at_once() -> None:
    room = coding(practice=True, script=False)
    room.on()
    assert [put[:2] for put in room.state.asked] == [("scale-rows", 0), ("scale-rows", 1)]
    led = coding(practice=False, script=False)
    led.on()
    assert led.state.asked == (), "an interviewer asks"


# Quick checks


def test_quick_checks_are_introduced_judged_and_talked_about() -> None:
    room = Play(plan(stage("quick-checks", 5, "quiz", "concept")))
    room.on()
    assert len(room.said("task")) == 2
    run = room.run("submit", "quiz")
    room.verdict(run, [("item-2", "value")], total=2)
    (judged,) = room.said("reaction")
    assert "1 of 2" in judged
    room.type("A graph.", "answer/concept/0")
    room.send("candidate", "answered", question="concept", item=0)
    assert "And when is it freed?" in room.said("further")[0]


def test_it_closes() -> None:
    room = Play(plan(stage("wrap-up", 2)))
    room.on()
    (closing,) = room.said("closing")
    assert "Ada" in closing


# A person leads


def test_it_is_silent_while_a_person_leads() -> None:
    room = scripted()
    room.send("interviewer", "take-over")
    before = room.said()
    room.wait(minutes=5)
    room.send("candidate", "say", text="May I have a hint?")
    room.on()
    assert room.said() == before
    room.send("interviewer", "hand-back")
    assert room.said("follow-up") == ["Follow-up 0 of scale-rows?"]


def test_handed_back_it_goes_on_from_where_the_room_is() -> None:
    room = follow_ups()
    room.send("interviewer", "take-over")
    answer(room, 0, "graph memory")
    room.send("interviewer", "asked", question="scale-rows", item=1)
    room.send("interviewer", "hand-back")
    assert room.said("follow-up") == ["Follow-up 0 of scale-rows?"], "the other was put by hand"
    answer(room, 1, "graph memory")
    assert room.said("closing") == ["Closing of scale-rows."]


def test_a_task_is_not_set_when_the_work_is_under_way() -> None:
    room = coding(script=False)
    room.type("half done")
    room.send("interviewer", "hand-back")
    assert room.said("task") == []


# Words


def test_the_same_room_hears_the_same_and_other_rooms_other_words() -> None:
    def opening(name: str) -> str:
        room = Play(plan(*WHOLE, candidate=name))
        room.on()
        return room.said()[0].replace(name, "")

    assert opening("Ada") == opening("Ada")
    assert len({opening(name) for name in ("Ada", "Grace", "Alan", "Edsger", "Barbara")}) > 1


def test_braces_in_names_and_questions_are_only_braces() -> None:
    room = Play(plan(*WHOLE, candidate="{title} {0}", title="{name}", tips=["{tip}"]))
    for _ in range(5):
        room.on()
    assert "{title} {0}" in room.said("opening")[0]
    assert "{tip}" in room.said("opening")[0]
    assert "{title} {0}" in room.said("closing")[-1]


def test_every_kind_of_failure_and_question_has_words() -> None:
    for group in lines.SAME_FAILURE.values():
        assert all("{case}" in way for way in group)
    assert set(lines.TASK) == {"code", "debug", "optimise", "quiz", "predict", "concept"}


# Time


def test_in_a_long_stage_it_says_once_when_five_minutes_are_left() -> None:
    room = Play(plan(stage("coding", 20, "scale-rows")))
    room.on()
    assert room.next_at == BEGIN + timedelta(minutes=15)
    room.wait(minutes=15)
    (word,) = room.said("time")
    assert "5 minutes" in word
    room.send("interviewer", "extend", seconds=600)
    room.wait(minutes=10)
    assert len(room.said("time")) == 1


def test_it_does_not_speak_of_time_in_a_short_stage_or_when_all_is_done() -> None:
    short = scripted()
    short.wait(minutes=8)
    assert short.said("time") == []

    done = Play(plan(stage("coding", 20, "scale-rows")))
    done.on()
    done.verdict(done.run("submit"))
    done.wait(minutes=16)
    assert done.said("time") == []
