"""What each role is shown; above all what the candidate is not."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.errors import Problem
from backend.room import views
from backend.room.events import COMMANDS, Role, Rules
from backend.room.state import State
from tests.backend.room.playing import CODING, WHOLE, Play, coding, plan, stage
from tests.backend.room.small_bank import BANK
from tests.backend.room.test_fold import PLANS, STEP, play

ROLES: list[Role] = ["candidate", "interviewer"]


def view(room: Play, role: Role = "candidate") -> dict[str, Any]:
    return views.state_view(room.state, role, room.now, BANK)


def seen(room: Play, role: Role = "candidate") -> list[Any]:
    shown = (views.visible(event, role, room.state) for event in room.log)
    return [event for event in shown if event is not None]


def everything(room: Play, role: Role) -> str:
    """All that a page of `role` is told, as one text."""
    bodies = [event.body for event in seen(room, role)]
    return json.dumps([view(room, role), bodies], ensure_ascii=False)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(PLANS, st.integers(0, 6), st.lists(STEP, min_size=5, max_size=20))
def test_the_candidate_never_learns_a_secret(created, begin, steps) -> None:  # type: ignore[no-untyped-def]
    room = play(created, begin, steps)
    room.type("SECRET-NOTE: strong", "notes", "interviewer")
    if room.state.phase != "lobby":
        room.send("interviewer", "score", criterion="debugging", level="no", reason="SECRET-SCORE")

    told = everything(room, "candidate")
    hidden = "SECRET-(?!POINT|SCORE)" if room.state.created.practice else "SECRET-"
    assert not re.search(hidden, told)
    reached = room.state.reached
    for question in BANK.questions:
        if question.slug not in reached:
            assert question.title not in told
            assert f'"{question.slug}"' not in told
    assert "SECRET-NOTE" in everything(room, "interviewer")


def test_notes_are_the_interviewers_alone() -> None:
    room = coding()
    room.type("strong", "notes", "interviewer")
    assert [event.kind for event in seen(room) if event.body.get("document") == "notes"] == []
    assert "notes" not in [document["name"] for document in view(room)["documents"]]
    assert "strong" in everything(room, "interviewer")


def test_scores_are_seen_when_the_report_is_shared() -> None:
    room = coding()
    room.send("interviewer", "score", criterion="debugging", level="yes")
    room.on()
    room.on()
    assert (view(room)["scores"], view(room)["report"]) == ([], "closed")
    assert [event for event in seen(room) if event.kind == "score"] == []
    room.send("interviewer", "share")
    assert view(room)["scores"][0]["level"] == "yes"
    assert view(room)["report"] == "open"
    assert [event.kind for event in seen(room)].count("score") == 1


def test_alone_the_report_opens_with_the_end() -> None:
    room = coding(practice=True)
    assert view(room)["report"] == "closed"
    room.on()
    room.on()
    assert view(room)["report"] == "open"


def test_questions_of_stages_to_come_are_not_shown() -> None:
    room = Play(plan(CODING, stage("coding", 5, "broken-loop")))
    room.on()
    shown = view(room)
    assert [stage["questions"] for stage in shown["stages"]] == [["scale-rows"], None]
    assert [question["slug"] for question in shown["questions"]] == ["scale-rows"]
    assert view(room, "interviewer")["stages"][1]["questions"] == ["broken-loop"]
    room.on()
    assert view(room)["current"] == ["broken-loop"]
    assert [question["slug"] for question in view(room)["questions"]] == [
        "scale-rows",
        "broken-loop",
    ]


def test_the_script_speaks_markdown_that_is_ready_to_be_shown() -> None:
    room = coding(script=True)
    room.send("candidate", "say", text="<b>**mine**</b>")
    script, mine = (event for event in seen(room) if event.kind == "say")
    assert "<strong>Title of scale-rows</strong>" in script.body["html"]
    assert "html" not in mine.body


def test_the_clock_of_the_view_is_the_servers() -> None:
    room = coding()
    room.wait(minutes=4)
    clock = view(room)["clock"]
    assert clock == {
        "running": True,
        "paused": False,
        "deadline": "2026-03-02T09:10:00.000Z",
        "remaining": 360.0,
        "seconds": 600,
        "extended": 0,
    }
    room.send("interviewer", "pause")
    room.now += timedelta(hours=1)
    clock = view(room)["clock"]
    assert (clock["running"], clock["deadline"], clock["remaining"]) == (False, None, 360.0)


def test_runs_say_where_they_are() -> None:
    room = coding()
    for end in (None, "lost", "passed"):
        run = room.run("submit")
        if end == "lost":
            room.fail(run)
        elif end:
            room.verdict(run)
    assert [run["state"] for run in view(room)["runs"]] == [
        "under-way",
        "our_failure",
        "finished",
    ]
    assert view(room)["questions"][0]["submitted"]


def test_documents_say_whether_they_may_be_edited() -> None:
    room = coding()

    def editable(role: Role) -> list[str]:
        return [one["name"] for one in view(room, role)["documents"] if one["editable"]]

    assert editable("candidate") == ["scratch", "code/scale-rows"]
    room.send("interviewer", "pause")
    assert editable("candidate") == ["scratch"]
    room.send("interviewer", "resume")
    room.on()
    room.on()
    assert editable("candidate") == []
    assert editable("interviewer") == ["notes"]


def test_documents_have_titles() -> None:
    room = Play(plan(CODING, stage("follow-ups", 5, "scale-rows")))
    room.on()
    room.on()
    assert [one["title"] for one in view(room, "interviewer")["documents"]] == [
        "Scratch",
        "Notes",
        "Title of scale-rows",
        "Title of scale-rows, answer 1",
    ]


def test_an_answer_is_held_against_its_key_points_by_whoever_scores() -> None:
    for practice in (False, True):
        room = Play(plan(stage("quick-checks", 5, "concept"), practice=practice, script=False))
        room.on()
        room.type("It keeps the graph.", "answer/concept/0")
        assert view(room)["asked"][0]["points"] is None, "not before it is complete"
        room.send("candidate", "answered", question="concept", item=0)
        for_whom = "candidate" if practice else "interviewer"
        points = view(room, for_whom)["asked"][0]["points"]  # type: ignore[arg-type]
        assert [point["touched"] for point in points] == [True, False]
        assert points[0]["found"] == ["graph"]
    assert view(Play(plan(*WHOLE)))["asked"] == []


def test_what_was_asked_is_shown_with_its_answers_document() -> None:
    room = Play(plan(CODING, stage("follow-ups", 5, "scale-rows")))
    room.on()
    room.on()
    (asked,) = view(room)["asked"]
    assert asked["text_html"] == "<p>Follow-up 0 of scale-rows?</p>\n"
    assert (asked["kind"], asked["document"], asked["answered"]) == (
        "follow-up",
        "answer/scale-rows/0",
        False,
    )


# May


@pytest.mark.parametrize("role", ROLES)
def test_the_lobby(role: Role) -> None:
    may = set(view(Play(plan(*WHOLE)), role)["may"])
    assert {"next", "say", "edit"} <= may
    assert not may & {"run", "submit", "hint", "pause", "extend", "score", "share"}


def test_coding() -> None:
    room = coding(script=True)
    may = set(view(room)["may"])
    assert {"run", "submit", "hint", "edit", "next", "say", "focus"} <= may
    assert not may & {"pause", "extend", "take-over", "share", "asked", "choice"}
    assert {"pause", "extend", "take-over", "hint"} <= set(view(room, "interviewer")["may"])


def test_a_whiteboard_has_neither_run_nor_submit() -> None:
    assert not {"run", "submit"} & set(view(coding(rules=Rules(run=False)))["may"])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    PLANS, st.integers(0, 6), st.lists(STEP, max_size=15), st.sampled_from(ROLES),
    st.sampled_from(sorted({"pause", "resume", "take-over", "hand-back", "share", "next"})),
)  # fmt: skip
def test_what_the_view_offers_is_what_the_server_accepts(
    created: Any, begin: int, steps: Any, role: Role, kind: str
) -> None:
    room = play(created, begin, steps)
    offered = kind in view(room, role)["may"]
    body = {"stage": room.state.stage} if kind == "next" else {}
    try:
        room.send(role, kind, **body)
        accepted = True
    except Problem:
        accepted = False
    assert offered == accepted


def test_may_names_commands_and_the_two_modes() -> None:
    room = coding()
    assert set(view(room)["may"]) <= {*COMMANDS, "submit"}


def test_a_view_is_plain_json() -> None:
    room = Play(plan(*WHOLE))
    for _ in range(len(WHOLE)):
        room.on()
        for role in ROLES:
            shown = view(room, role)
            assert json.loads(json.dumps(shown)) == shown


def test_people_are_counted_by_their_pages() -> None:
    room = coding()
    room.join("interviewer")
    assert view(room)["people"] == {
        "candidate": {"name": "Ada", "here": 1},
        "interviewer": {"name": "Grace", "here": 1},
    }


def test_a_question_that_left_the_bank_is_still_in_the_interview() -> None:
    room = Play(plan(stage("coding", 5, "gone")))
    room.on()
    assert view(room)["questions"][0]["title"] == "gone"
    assert isinstance(room.state, State)
