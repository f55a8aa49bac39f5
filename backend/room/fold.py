"""A room's log, folded into what the room is now.

The log is trusted: it was decided before it was appended, so nothing is checked here a second
time, but for verdicts: an executor wrote them. An event that folds to nothing (a cursor, a focus)
still moves `seq` and `last_at`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from backend.room import changes
from backend.room.events import NOTES, Created, Event, Scored
from backend.room.hint_words import speaks_of_a_hint
from backend.room.points import LONGEST_TEXT
from backend.room.state import Clock, Document, Line, RoomRun, State

# The candidate's doings after which silence begins anew.
_WORK = {"edit", "run", "say", "choice", "answered", "hint"}


def fold(events: Iterable[Event]) -> State:
    """The state after `events`, of which the first is `created`."""
    rest = iter(events)
    state = start(next(rest))
    for event in rest:
        state = step(state, event)
    return state


def start(event: Event) -> State:
    """The state after `created`: the lobby, without a document."""
    assert event.kind == "created", "a log begins with `created`"
    created = Created.model_validate(event.body)
    return State(
        created=created,
        created_at=event.at,
        phase="lobby",
        stage=-1,
        clock=Clock(event.at, None),
        script_speaks=created.script,
        last_at=event.at,
        seq=event.seq,
    )


def step(state: State, event: Event) -> State:
    """The state after one more event."""
    found: dict[str, Any] = {"seq": event.seq, "last_at": event.at}
    folding = _FOLDS.get(event.kind)
    if folding is not None:
        found.update(folding(state, event))
    if event.author == "candidate" and event.kind in _WORK and event.body.get("document") != NOTES:
        found["active_at"] = event.at
    return replace(state, **found)


Fold = Callable[[State, Event], Mapping[str, Any]]


def _phase(state: State, event: Event) -> Mapping[str, Any]:
    body = event.body
    began = body.get("began")
    return {
        "phase": body["phase"],
        "stage": body["stage"],
        "clock": Clock(datetime.fromisoformat(began) if began else event.at, body["seconds"]),
        "hint_wanted": False,
        "question_open": False,
        "silent_from": None,
    }


def _opened(state: State, event: Event) -> Mapping[str, Any]:
    document = Document(event.body["text"])
    return {"documents": {**state.documents, event.body["document"]: document}}


def _edit(state: State, event: Event) -> Mapping[str, Any]:
    name, sets = event.body["document"], event.body["changes"]
    old = state.documents[name]
    new = Document(changes.apply_all(old.text, sets), old.version + len(sets))
    return {
        "documents": {**state.documents, name: new},
        "written": state.written + sum(map(changes.weight, sets)),
    }


def _run(state: State, event: Event) -> Mapping[str, Any]:
    body = event.body
    run = RoomRun(
        run=body["run"],
        question=body["question"],
        mode=body["mode"],
        version=body["version"],
        sha256=body["sha256"],
        why=body["why"],
        at=event.at,
    )
    return {"runs": {**state.runs, run.run: run}}


def _verdict(state: State, event: Event) -> Mapping[str, Any]:
    run = state.runs.get(event.body["run"])
    if run is None or not run.under_way:
        return {}
    try:
        ended = _judged(run, event.body["verdict"], event.at)
    except (AttributeError, KeyError, TypeError):
        # backend/verdicts.py lets none of these through; but a room that cannot be folded is gone.
        return _failure(state, event)
    found: dict[str, Any] = {"runs": {**state.runs, run.run: ended}}
    if run.mode == "submit" and ended.outcome == "passed":
        found["passed"] = state.passed | {run.question}
    return found


def _judged(run: RoomRun, verdict: Mapping[str, Any], at: datetime) -> RoomRun:
    outcome, passed, total = verdict["outcome"], verdict.get("passed", 0), verdict.get("total", 0)
    if not (isinstance(outcome, str) and isinstance(passed, int) and isinstance(total, int)):
        raise TypeError("an outcome is a word, and what passed is counted")
    case, title, what = _first_failure(verdict)
    return replace(
        run,
        outcome=outcome,
        passed=passed,
        total=total,
        failed_case=case,
        failed_title=title,
        failed_what=what,
        ended_at=at,
    )


def _first_failure(verdict: Mapping[str, Any]) -> tuple[str | None, str, str]:
    """(name, title, in what) of the first case that did not pass, or of the file's problem."""
    problem = verdict.get("problem")
    if problem is not None:
        return str(problem["title"]), str(problem["title"]), str(problem["outcome"])
    for case in verdict.get("cases", ()):
        if case["outcome"] != "passed":
            return str(case["name"]), str(case["title"]), _what(case)
    return None, "", ""


def _what(case: Mapping[str, Any]) -> str:
    failure = case.get("failure")
    if failure is None:
        return str(case["outcome"])
    if str(failure["label"]).startswith("gradient"):
        return "gradient"
    return str(failure["what"])


def _failure(state: State, event: Event) -> Mapping[str, Any]:
    run = state.runs.get(event.body["run"])
    if run is None or not run.under_way:
        return {}
    return {
        "runs": {**state.runs, run.run: replace(run, failed_by_us=True, ended_at=event.at)},
    }


def _say(state: State, event: Event) -> Mapping[str, Any]:
    body = event.body
    if event.author == "script":
        line = Line(body["why"], body.get("question"), body.get("item"), body.get("case"))
        found: dict[str, Any] = {"said": state.said | {line}, "question_open": False}
        if line.why == "nudge":
            found["silent_from"] = event.at
        if line.why == "hint":
            found["hint_wanted"] = False
        return found
    if event.author != "candidate":
        return {"hint_wanted": False, "question_open": False}
    found = {}
    if state.phase == "coding":
        asks = speaks_of_a_hint(body["text"])
        found["hint_wanted"] = asks or state.hint_wanted
        found["question_open"] = not asks and "?" in body["text"]
    if state.asked and state.phase in ("follow-ups", "quick-checks"):
        question, item, _ = state.asked[-1]
        earlier = state.spoken.get((question, item), "")
        text = f"{earlier}\n{body['text']}".strip()
        # No more than is ever looked at: it would grow with every word that is said.
        found["spoken"] = {**state.spoken, (question, item): text[:LONGEST_TEXT]}
    return found


def _hint(state: State, event: Event) -> Mapping[str, Any]:
    question, level = event.body["question"], event.body["level"]
    return {"hints": {**state.hints, question: level}, "hint_wanted": False}


def _asked(state: State, event: Event) -> Mapping[str, Any]:
    body = event.body
    question, item, further = body["question"], body["item"], body.get("further", False)
    return {
        "asked": (*state.asked, (question, item, further)),
        "answered": state.answered - {(question, item)},
    }


def _answered(state: State, event: Event) -> Mapping[str, Any]:
    return {"answered": state.answered | {(event.body["question"], event.body["item"])}}


def _choice(state: State, event: Event) -> Mapping[str, Any]:
    key = (event.body["question"], event.body["item"])
    return {"choices": {**state.choices, key: tuple(event.body["choices"])}}


def _score(state: State, event: Event) -> Mapping[str, Any]:
    scored = Scored.model_validate(event.body)
    return {
        "scores": {**state.scores, (scored.question, scored.item, scored.criterion): scored},
    }


def _pause(state: State, event: Event) -> Mapping[str, Any]:
    return {"clock": replace(state.clock, paused_at=state.clock.paused_at or event.at)}


def _resume(state: State, event: Event) -> Mapping[str, Any]:
    clock = state.clock
    if clock.paused_at is None:
        return {}
    stood = (event.at - clock.paused_at).total_seconds()
    return {
        "clock": replace(clock, paused_at=None, paused_seconds=clock.paused_seconds + stood),
        "silent_from": event.at,
    }


def _extend(state: State, event: Event) -> Mapping[str, Any]:
    extended = state.clock.extended + event.body["seconds"]
    return {"clock": replace(state.clock, extended=extended)}


def _joined(state: State, event: Event) -> Mapping[str, Any]:
    client, replica = event.body["client"], event.body.get("replica")
    elsewhere = _without(state.seated_at, client)
    return {
        "here": {**state.here, client: event.body["role"]},
        "seated_at": {**elsewhere, client: replica} if replica else elsewhere,
    }


def _left(state: State, event: Event) -> Mapping[str, Any]:
    gone = event.body["client"]
    return {"here": _without(state.here, gone), "seated_at": _without(state.seated_at, gone)}


def _without(pages: Mapping[str, str], gone: str) -> Mapping[str, str]:
    return {client: value for client, value in pages.items() if client != gone}


_FOLDS: dict[str, Fold] = {
    "phase": _phase,
    "opened": _opened,
    "edit": _edit,
    "run": _run,
    "verdict": _verdict,
    "failure": _failure,
    "say": _say,
    "hint": _hint,
    "asked": _asked,
    "answered": _answered,
    "choice": _choice,
    "score": _score,
    "pause": _pause,
    "resume": _resume,
    "extend": _extend,
    "joined": _joined,
    "left": _left,
    "take-over": lambda state, event: {"script_speaks": False},
    "hand-back": lambda state, event: {"script_speaks": True, "silent_from": event.at},
    "share": lambda state, event: {"shared": True},
}
