"""Who may do what, and by which name it is refused."""

import hashlib

import pytest

from backend.errors import Problem
from backend.room import commands
from backend.room.events import Empty, Rules
from tests.backend.room.playing import CODING, WHOLE, Play, coding, plan, stage
from tests.backend.room.small_bank import BANK, STARTER


def checks(**fields: object) -> Play:
    """A room in its quick checks, of all three kinds."""
    room = Play(plan(stage("quick-checks", 5, "quiz", "predict", "concept"), **fields))
    room.join()
    room.on()
    return room


def follow_ups(**fields: object) -> Play:
    room = coding(**fields)
    room.on()
    return room


# Roles


@pytest.mark.parametrize("kind", ["pause", "take-over", "hand-back", "share", "resume"])
def test_what_only_an_interviewer_may(kind: str) -> None:
    assert coding().refused("candidate", kind).code == "not-allowed"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("focus", {"away": True}),
        ("choice", {"question": "quiz", "item": 0, "choices": [0]}),
        ("answered", {"question": "scale-rows", "item": 0}),
    ],
)
def test_what_only_a_candidate_may(kind: str, body: dict[str, object]) -> None:
    assert coding().refused("interviewer", kind, **body).code == "not-allowed"


def test_alone_a_candidate_may_pause_extend_and_score() -> None:
    room = coding(practice=True)
    room.send("candidate", "extend", seconds=60)
    room.send("candidate", "pause")
    room.send("candidate", "resume")
    room.send("candidate", "score", criterion="communication", level="yes")

    assert room.state.clock.extended == 60
    assert [scored.level for scored in room.state.scores.values()] == ["yes"]
    assert room.refused("candidate", "take-over").code == "not-allowed"


def test_a_kind_that_is_no_command() -> None:
    room = coding()
    with pytest.raises(Problem) as refused:
        commands.decide(room.state, "candidate", "verdict", Empty(), room.now, BANK)
    assert refused.value.code == "unknown-kind"


def test_the_author_is_the_role() -> None:
    room = coding()
    assert [event.author for event in room.send("interviewer", "say", text="Hello")] == [
        "interviewer"
    ]


def test_people_only_chat_whatever_they_claim() -> None:
    room = coding()
    made = room.send("candidate", "say", text="So long", why="closing", question="scale-rows")
    assert (made[0].body["why"], made[0].body["question"]) == ("chat", None)


# Edits


def edit(version: int, changes: object, document: str = "code/scale-rows") -> dict[str, object]:
    return {"document": document, "version": version, "client": "c", "changes": [changes]}


def test_an_edit_on_an_older_version_is_stale_and_says_which_is_now() -> None:
    room = coding()
    room.type("one")
    problem = room.refused("candidate", "edit", **edit(0, [[0, "x"], len(STARTER)]))
    assert (problem.code, problem.extras) == ("stale", {"version": 1})


def test_an_edit_on_a_version_to_come_is_out_of_order() -> None:
    problem = coding().refused("candidate", "edit", **edit(3, [[0, "x"], len(STARTER)]))
    assert (problem.code, problem.extras) == ("out-of-order", {"version": 0})


def test_an_edit_must_cover_the_document() -> None:
    assert coding().refused("candidate", "edit", **edit(0, [1])).code == "length"


def test_half_a_character_is_refused() -> None:
    room = coding()
    room.type("😀")
    problem = room.refused("candidate", "edit", **edit(1, [1, [0, "x"], 1]))
    assert problem.code == "half-character"


def test_a_document_has_a_size() -> None:
    room = coding()
    fits = "é" * (commands.DOCUMENT_LIMIT // 2)
    room.type(fits)
    problem = room.refused("candidate", "edit", **edit(1, [len(fits), [0, "x"]]))
    assert (problem.code, problem.status) == ("too-large", 413)


@pytest.mark.parametrize("document", ["code/other", "notes"])
def test_documents_that_are_not_there_and_those_of_others_are_refused_alike(document: str) -> None:
    room = coding()
    assert room.refused("candidate", "edit", **edit(0, [[0, "x"]], document)).code == (
        "unknown-document"
    )
    cursor = {"document": document, "client": "c", "anchor": 0, "head": 0}
    assert room.refused("candidate", "cursor", **cursor).code == "unknown-document"


def test_both_may_write_code_and_scratch_and_one_the_notes() -> None:
    room = coding()
    room.type("x", "scratch", "interviewer")
    room.type("y", "code/scale-rows", "interviewer")
    room.type("z", "notes", "interviewer")
    room.type("w", "scratch", "candidate")
    assert [room.state.documents[name].text for name in ("scratch", "notes")] == ["w", "z"]


def test_after_the_end_nothing_but_notes_is_written() -> None:
    room = coding()
    room.on()
    room.on()
    assert room.state.phase == "finished"
    for role, document in [("candidate", "scratch"), ("interviewer", "code/scale-rows")]:
        text = len(room.state.documents[document].text)
        problem = room.refused(role, "edit", **edit(0, [text, [0, "x"]], document))  # type: ignore[arg-type]
        assert problem.code == "wrong-phase"
    room.type("strong", "notes", "interviewer")
    assert room.state.documents["notes"].text == "strong"


def test_code_may_be_looked_at_and_changed_in_the_follow_ups() -> None:
    room = follow_ups()
    room.type("better")
    assert room.state.documents["code/scale-rows"].text == "better"


# Pause


def test_while_the_clock_stands_still_the_candidates_work_does_too() -> None:
    room = coding()
    room.send("interviewer", "pause")
    assert room.refused("candidate", "edit", **edit(0, [[0, "x"], len(STARTER)])).code == "paused"
    for kind, body in [
        ("run", {"question": "scale-rows", "mode": "submit"}),
        ("hint", {"question": "scale-rows"}),
        ("next", {"stage": 0}),
    ]:
        assert room.refused("candidate", kind, **body).code == "paused"
    room.send("candidate", "say", text="I am back.")
    room.type("thoughts", "scratch")
    room.type("shown", "code/scale-rows", "interviewer")


def test_alone_one_may_go_on_from_a_pause() -> None:
    room = coding(practice=True)
    room.send("candidate", "pause")
    room.on()
    assert (room.state.phase, room.state.clock.paused) == ("follow-ups", False)


def test_pausing_twice_or_resuming_what_runs_is_refused() -> None:
    room = coding()
    assert room.refused("interviewer", "resume").code == "wrong-phase"
    room.send("interviewer", "pause")
    assert room.refused("interviewer", "pause").code == "wrong-phase"


def test_a_template_may_forbid_pauses_extensions_and_hints() -> None:
    room = coding(rules=Rules(pause=False, extend=False, hints=False), practice=True)
    assert room.refused("interviewer", "pause").code == "not-allowed"
    assert room.refused("interviewer", "extend", seconds=60).code == "not-allowed"
    assert room.refused("candidate", "hint", question="scale-rows").code == "not-allowed"


def test_without_a_clock_there_is_nothing_to_pause_or_extend() -> None:
    room = Play(plan(stage("coding", None, "scale-rows"), practice=True))
    room.on()
    assert room.refused("candidate", "pause").code == "wrong-phase"
    assert room.refused("candidate", "extend", seconds=60).code == "wrong-phase"


def test_a_stage_whose_time_is_up_cannot_be_extended() -> None:
    room = coding(settle=False)
    room.wait(minutes=10)
    assert room.refused("interviewer", "extend", seconds=60).code == "wrong-phase"


# Next


def test_two_presses_do_not_skip_a_stage() -> None:
    room = coding()
    room.send("candidate", "next", stage=0)
    problem = room.refused("candidate", "next", stage=0)
    assert (problem.code, problem.extras) == ("wrong-phase", {"stage": 1})
    assert room.state.phase == "follow-ups"


def test_going_on_submits_what_never_was_and_only_that() -> None:
    room = coding()
    room.type("first")
    room.on()
    assert [run.why for run in room.state.runs.values()] == ["moved-on"]
    assert room.events("run")[0].author == "system"

    chosen = coding()
    chosen.type("first")
    chosen.run("submit")
    chosen.type("played with since")
    chosen.on()
    assert [run.why for run in chosen.state.runs.values()] == ["asked"]


def test_the_phase_says_why_it_began() -> None:
    room = coding()
    room.on()
    room.on()
    assert [event.body["why"] for event in room.events("phase")] == [
        "created",
        "ready",
        "moved-on",
        "done",
    ]


# Runs


def test_a_run_names_the_text_by_its_version_and_content() -> None:
    room = coding()
    room.type("x = 1\n")
    name = room.run()
    run = room.state.runs[name]
    assert (run.mode, run.version, run.why) == ("run", 1, "asked")
    assert run.sha256 == hashlib.sha256(b"x = 1\n").hexdigest()


def test_nothing_is_run_on_a_whiteboard_and_it_is_judged_once() -> None:
    room = coding(rules=Rules(run=False))
    for mode in ("run", "submit"):
        assert room.refused("candidate", "run", question="scale-rows", mode=mode).code == "no-run"
    room.wait(minutes=10)
    assert [run.why for run in room.state.runs.values()] == ["time"]


def test_in_the_follow_ups_code_is_run_but_not_submitted() -> None:
    room = follow_ups()
    room.run("run")
    assert room.refused("candidate", "run", question="scale-rows", mode="submit").code == (
        "wrong-phase"
    )


def test_a_room_has_so_many_runs_under_way() -> None:
    room = coding()
    first = room.run()
    for _ in range(commands.UNDER_WAY_LIMIT - 1):
        room.run()
    assert room.refused("candidate", "run", question="scale-rows", mode="run").code == (
        "run-under-way"
    )
    room.verdict(first)
    room.run()


def test_what_we_failed_to_judge_may_be_submitted_again_however_late() -> None:
    room = coding()
    room.on()
    (run,) = room.state.runs
    room.fail(run)
    again = room.run("submit")
    room.verdict(again)
    assert room.refused("candidate", "run", question="scale-rows", mode="submit").code == (
        "wrong-phase"
    )


@pytest.mark.parametrize("slug", ["broken-loop", "nothing"])
def test_questions_to_come_are_not_told_from_those_that_never_are(slug: str) -> None:
    room = Play(plan(CODING, stage("coding", 5, "broken-loop")))
    room.on()
    problem = room.refused("candidate", "run", question=slug, mode="run")
    assert (problem.code, problem.detail) == (
        "invalid",
        f'There is no question "{slug}" in this room now.',
    )


# Hints


def test_hints_come_one_after_the_other_with_their_words() -> None:
    room = coding()
    room.send("interviewer", "hint", question="scale-rows", level=3)
    made = room.send("interviewer", "hint", question="scale-rows")
    assert [event.kind for event in made] == ["hint", "say"]
    assert (made[0].author, made[0].body["level"]) == ("interviewer", 2)
    assert "Text 2 of scale-rows." in made[1].body["text"]
    room.send("interviewer", "hint", question="scale-rows")
    assert room.refused("interviewer", "hint", question="scale-rows").code == "no-more-hints"


def test_where_a_person_leads_the_candidate_asks_that_person() -> None:
    assert coding().refused("candidate", "hint", question="scale-rows").code == "not-allowed"
    coding(practice=True).send("candidate", "hint", question="scale-rows")
    coding(script=True).send("candidate", "hint", question="scale-rows")


def test_hints_are_for_the_question_at_hand() -> None:
    room = follow_ups(practice=True)
    assert room.refused("candidate", "hint", question="scale-rows").code == "wrong-phase"


# Answers


def test_choices_are_kept_in_order_and_once() -> None:
    room = checks()
    room.send("candidate", "choice", question="quiz", item=1, choices=[2, 0, 0])
    assert room.state.choices == {("quiz", 1): (0, 2)}


@pytest.mark.parametrize(
    ("item", "choices"),
    [(0, [0, 1]), (0, [2]), (0, [-1]), (2, [0])],
    ids=["more than one", "too high", "negative", "no such item"],
)
def test_choices_that_the_item_does_not_have(item: int, choices: list[int]) -> None:
    problem = checks().refused("candidate", "choice", question="quiz", item=item, choices=choices)
    assert problem.code == "invalid"


def test_answers_are_submitted_once_and_stand() -> None:
    room = checks()
    room.send("candidate", "choice", question="quiz", item=0, choices=[0])
    room.type("(2, 3)", "answer/predict/0")
    room.run("submit", "quiz")
    room.run("submit", "predict")
    choice = {"question": "quiz", "item": 0, "choices": [1]}
    assert room.refused("candidate", "choice", **choice).code == "wrong-phase"
    for slug in ("quiz", "predict"):
        problem = room.refused("candidate", "run", question=slug, mode="submit")
        assert problem.code == "wrong-phase"
    change = edit(1, [6, [0, "x"]], "answer/predict/0")
    assert room.refused("candidate", "edit", **change).code == "wrong-phase"
    room.type("Still open.", "answer/concept/0")


def test_answers_as_they_are_judged() -> None:
    room = checks()
    room.send("candidate", "choice", question="quiz", item=1, choices=[1, 0])
    room.type(" (2, 3)\n", "answer/predict/0")
    texts = [commands.submission(room.state, BANK.get(slug)) for slug in ("quiz", "predict")]  # type: ignore[arg-type]
    assert texts == ['{"answers": [[], [0, 1]]}', '{"answers": ["(2, 3)", ""]}']


def test_answers_are_not_run() -> None:
    assert checks().refused("candidate", "run", question="quiz", mode="run").code == "invalid"


def test_only_what_was_asked_is_answered_and_once() -> None:
    room = follow_ups()
    answered = {"question": "scale-rows", "item": 0}
    assert room.refused("candidate", "answered", **answered).code == "invalid"
    room.send("interviewer", "asked", **answered)
    room.type("It broadcasts.", "answer/scale-rows/0")
    room.send("candidate", "answered", **answered)
    assert room.refused("candidate", "answered", **answered).code == "wrong-phase"
    room.send("interviewer", "asked", **answered, further=True)
    room.send("candidate", "answered", **answered)


def test_an_interviewer_asks_what_is_at_hand_and_once() -> None:
    room = follow_ups()
    room.send("interviewer", "asked", question="scale-rows", item=1)
    said = next(event for event in reversed(room.log) if event.author == "interviewer")
    asked = room.bank.get("scale-rows")
    assert asked is not None
    followup = asked.followups.items[1]
    assert (said.kind, said.author, said.body["why"]) == ("say", "interviewer", "follow-up")
    assert said.body["text"] == followup.question
    for body in (
        {"question": "scale-rows", "item": 1},
        {"question": "scale-rows", "item": 0, "further": True},
    ):
        assert room.refused("interviewer", "asked", **body).code == "wrong-phase"
    assert room.refused("interviewer", "asked", question="scale-rows", item=2).code == "invalid"


# Scores


def test_a_score_fits_what_it_scores() -> None:
    room = checks(practice=True)
    points = {"question": "concept", "item": 0, "points": [True, False]}
    assert room.refused("candidate", "score", **points).code == "wrong-phase"
    room.send("candidate", "answered", question="concept", item=0)
    room.send("candidate", "score", **points)
    for body in (
        {"question": "concept", "item": 0, "points": [True]},
        {"question": "concept", "item": 1, "points": [True, True]},
        {"question": "concept", "item": 0},
        {"criterion": "charm", "level": "yes"},
        {"criterion": "debugging"},
        {},
    ):
        assert room.refused("candidate", "score", **body).code == "invalid"


def test_an_interviewer_scores_before_and_after_the_end() -> None:
    room = coding()
    assert (
        Play(plan(*WHOLE)).refused("interviewer", "score", criterion="debugging", level="no").code
        == "wrong-phase"
    )
    room.send("interviewer", "score", criterion="debugging", level="no")
    room.on()
    room.on()
    room.send("interviewer", "score", criterion="debugging", level="yes", reason="On reflection.")
    assert [scored.level for scored in room.state.scores.values()] == ["yes"]
    room.send("interviewer", "score", criterion="debugging")
    assert [scored.level for scored in room.state.scores.values()] == [None]


# Talk, take-over, sharing


def test_the_talk_ends_with_the_interview() -> None:
    room = coding()
    assert room.refused("candidate", "say", text=" \n").code == "invalid"
    room.on()
    room.on()
    assert room.refused("candidate", "say", text="Bye").code == "wrong-phase"


def test_a_report_is_shared_once_and_after_the_end() -> None:
    room = coding()
    assert room.refused("interviewer", "share").code == "wrong-phase"
    room.on()
    room.on()
    room.send("interviewer", "share")
    assert room.state.shared
    assert room.refused("interviewer", "share").code == "wrong-phase"


def test_the_script_is_taken_over_and_handed_back() -> None:
    room = coding(script=True)
    assert room.refused("interviewer", "hand-back").code == "wrong-phase"
    room.send("interviewer", "take-over")
    assert room.refused("interviewer", "take-over").code == "wrong-phase"
    room.send("interviewer", "hand-back")
    assert room.state.script_speaks
