"""What each role is shown of a room: the state as JSON, and which events it may see.

The candidate sees neither the interviewer's notes, nor scores before they are shared, nor
anything of questions to come.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from backend.bank import Bank, Question
from backend.clock import rfc3339
from backend.questions.markdown import render
from backend.room import allowed
from backend.room.events import (
    COMMANDS,
    NOTES,
    SCRATCH,
    Event,
    Role,
    answer_document,
    code_document,
)
from backend.room.lines import MORE
from backend.room.points import touched
from backend.room.state import RoomRun, State

JSON = dict[str, Any]


def report_open(state: State, role: Role) -> bool:
    """The interviewer may look at any time once it has begun; the candidate when it is over."""
    if role == "interviewer":
        return state.stage >= 0
    return state.phase == "finished" and (state.created.practice or state.shared)


def scores_shown(state: State, role: Role) -> bool:
    return role == "interviewer" or state.created.practice or report_open(state, role)


def visible(event: Event, role: Role, state: State) -> Event | None:
    """The event as `role` may see it; None where it may not. `state`: of now, not of then.

    What the script says is Markdown; it gets `html` beside its text, ready to be shown.
    """
    if role == "candidate" and _hidden(event, state):
        return None
    if event.kind == "say" and event.author == "script":
        return replace(event, body={**event.body, "html": render(event.body["text"])})
    return event


def _hidden(event: Event, state: State) -> bool:
    if event.kind == "created" or event.body.get("document") == NOTES:
        return True
    return event.kind == "score" and not scores_shown(state, "candidate")


def state_view(state: State, role: Role, now: datetime, bank: Bank) -> JSON:
    """StateView of the contract: all that a page knows of phases, clock and permissions."""
    created = state.created
    return {
        "title": created.title,
        "template": created.template,
        "practice": created.practice,
        "phase": state.phase,
        "stage": state.stage,
        "stages": [
            {
                "phase": stage.phase,
                "title": stage.title,
                "seconds": stage.seconds,
                "questions": stage.questions if _shown(state, role, index) else None,
            }
            for index, stage in enumerate(created.stages)
        ],
        "rules": created.rules.model_dump(),
        "weights": dict(created.weights) if scores_shown(state, role) else None,
        "extra_time": created.extra_time,
        "clock": _clock(state, now),
        "now": rfc3339(now),
        "questions": [_question(state, slug, bank) for slug in state.reached],
        "current": list(state.current),
        "documents": [
            _document(state, role, name, bank)
            for name in state.documents
            if allowed.sees(role, name)
        ],
        "asked": [_asked(state, role, put, bank) for put in state.asked],
        "choices": _choices(state),
        "runs": [_run(run) for run in state.runs.values()],
        "people": {one: _person(state, one) for one in ("candidate", "interviewer")},
        "script_speaks": state.script_speaks,
        "may": may(state, role, bank),
        "report": "open" if report_open(state, role) else "closed",
        "shared": state.shared,
        "scores": [
            scored.model_dump() for scored in state.scores.values() if scores_shown(state, role)
        ],
    }


def may(state: State, role: Role, bank: Bank) -> list[str]:
    """The kinds of command that would not be refused now, whatever their body. `run` and `submit`
    stand for the two modes of the command `run`."""
    kinds = [
        kind for kind in COMMANDS if kind != "run" and allowed.refusal(state, role, kind) is None
    ]
    if "edit" in kinds and not any(allowed.editable(state, role, name) for name in state.documents):
        kinds.remove("edit")
    found = {mode for slug in state.reached for mode in allowed.modes(state, role, slug, bank)}
    return sorted([*kinds, *found])


def _shown(state: State, role: Role, stage: int) -> bool:
    return role == "interviewer" or stage <= state.stage


def _clock(state: State, now: datetime) -> JSON:
    clock = state.clock
    deadline, remaining = clock.deadline, clock.remaining(now)
    return {
        "running": clock.seconds is not None and not clock.paused,
        "paused": clock.paused,
        "deadline": rfc3339(deadline) if deadline else None,
        "remaining": None if remaining is None else round(remaining, 3),
        "seconds": clock.seconds,
        "extended": clock.extended,
    }


def _question(state: State, slug: str, bank: Bank) -> JSON:
    # A question may have left the bank since; the interview has not.
    question = bank.get(slug)
    return {
        "slug": slug,
        "title": question.title if question else slug,
        "kind": question.kind if question else "code",
        "minutes": question.minutes if question else 0,
        "hints_given": state.hints.get(slug, 0),
        "hints_total": len(question.hints) if question else 0,
        "items": question.items if question else 0,
        "submitted": bool(state.submits(slug)),
    }


def _document(state: State, role: Role, name: str, bank: Bank) -> JSON:
    return {
        "name": name,
        "title": _title(state, name, bank),
        "editable": allowed.editable(state, role, name),
    }


def _title(state: State, name: str, bank: Bank) -> str:
    if name in (SCRATCH, NOTES):
        return {"scratch": "Scratch", "notes": "Notes"}[name]
    for slug in state.reached:
        question = bank.get(slug)
        title = question.title if question else slug
        if name == code_document(slug):
            return title
        prefix = answer_document(slug, 0).removesuffix("0")
        if name.startswith(prefix):
            return f"{title}, answer {int(name.removeprefix(prefix)) + 1}"
    return name


def _asked(state: State, role: Role, put: tuple[str, int, bool], bank: Bank) -> JSON:
    slug, item, further = put
    question = bank.get(slug)
    concept = question is not None and bool(question.concept)
    return {
        "question": slug,
        "item": item,
        "further": further,
        "kind": "concept" if concept else "follow-up",
        "text_html": render(_words(question, item, further)),
        "document": answer_document(slug, item),
        "answered": (slug, item) in state.answered,
        "points": _points(state, role, slug, item, question),
    }


def _words(question: Question | None, item: int, further: bool) -> str:
    if question is None:
        return ""
    if question.concept:
        concept = question.concept[item]
        return (concept.further or MORE) if further else concept.text
    followup = question.followups.items[item]
    return (followup.further or MORE) if further else followup.question


def _points(
    state: State, role: Role, slug: str, item: int, question: Question | None
) -> list[JSON] | None:
    """The key points and which of them the words touch, a suggestion: for whoever scores."""
    own = state.created.practice and (slug, item) in state.answered
    if question is None or not (role == "interviewer" or own):
        return None
    items = question.concept or question.followups.items
    written = state.documents.get(answer_document(slug, item))
    answer = f"{written.text if written else ''}\n{state.spoken.get((slug, item), '')}"
    return [
        {
            "text": touch.point.text,
            "found": list(touch.found),
            "touched": touch.touched,
            "can_tell": touch.can_tell,
        }
        for touch in touched(answer, items[item].key_points)
    ]


def _choices(state: State) -> JSON:
    found: JSON = {}
    for (slug, item), chosen in state.choices.items():
        found.setdefault(slug, {})[str(item)] = list(chosen)
    return found


def _run(run: RoomRun) -> JSON:
    ended = "our_failure" if run.failed_by_us else "finished"
    return {
        "run": run.run,
        "question": run.question,
        "mode": run.mode,
        "state": "under-way" if run.under_way else ended,
        "outcome": run.outcome,
        "passed": run.passed,
        "total": run.total,
        "version": run.version,
        "sha256": run.sha256,
        "why": run.why,
        "at": rfc3339(run.at),
        "ended_at": rfc3339(run.ended_at) if run.ended_at else None,
    }


def _person(state: State, role: str) -> JSON:
    name = state.created.candidate if role == "candidate" else state.created.interviewer
    return {"name": name, "here": sum(1 for one in state.here.values() if one == role)}
