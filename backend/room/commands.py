"""What somebody asks for becomes drafts of events, or a Problem that says why not.

Pure: the same state, command and time give the same answer. Who may do what at all stands in
`allowed`; here the body is looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from backend.bank import CODE_KINDS, CRITERIA, Bank, KeyPoint, Question
from backend.errors import Problem
from backend.room import allowed, changes, stages
from backend.room.events import (
    Answered,
    Asked,
    Body,
    Chosen,
    Cursor,
    Draft,
    Edit,
    Extended,
    HintAsked,
    NextAsked,
    Role,
    RunAsked,
    Said,
    Scored,
)
from backend.room.script import hint
from backend.room.state import Document, State
from backend.room.submission import submission

__all__ = ["decide", "submission"]

DOCUMENT_LIMIT = 65536
"""Bytes of UTF-8 that a document may hold, unless the settings say otherwise."""
WRITTEN_LIMIT = 512
"""So many times the size of a document may be written in one room, all edits together."""
EVENTS_LIMIT = 200_000
"""Ten interviews with the most of typing. Then a room takes no more of what a page can send on and
on; what ends it, scores it and hands it in is always taken."""
ALWAYS = frozenset({"next", "run", "score", "share", "resume"})
RUNS_LIMIT = 600
"""Runs of one room: every ten seconds in an hour and a half."""
UNDER_WAY_LIMIT = 3
"""Runs of one room at the same time: a slot is shared by many rooms."""


@dataclass(frozen=True, slots=True)
class Context:
    """All that a command is decided by, beside its body."""

    state: State
    role: Role
    kind: str
    now: datetime
    bank: Bank
    document_limit: int
    new_run: stages.NewRun


def decide(
    state: State,
    role: Role,
    kind: str,
    body: Body,
    now: datetime,
    bank: Bank,
    *,
    document_limit: int = DOCUMENT_LIMIT,
    new_run: stages.NewRun = stages.run_id,
) -> tuple[Draft, ...]:
    """The events that the command makes, in order; the first is the command's own.

    `body` is COMMANDS[kind], validated. Raises Problem, whose code says why it was refused:
    unknown-kind, not-allowed, wrong-phase, paused, unknown-document, stale (with `version`),
    out-of-order, length, half-character, too-large, invalid, no-run, run-under-way, too-many-runs,
    no-more-hints, room-full.
    """
    decision = _DECISIONS.get(kind)
    if decision is None:
        raise Problem(422, "unknown-kind", "Unknown kind", f"`{kind}` is not a command.")
    refused = allowed.refusal(state, role, kind)
    if refused is not None:
        raise refused
    if state.seq >= EVENTS_LIMIT * _share(role) and kind not in ALWAYS:
        raise _room_full()
    return decision(Context(state, role, kind, now, bank, document_limit, new_run), body)


Decision = Callable[[Context, Body], tuple[Draft, ...]]


def _edit(at: Context, body: Body) -> tuple[Draft, ...]:
    assert isinstance(body, Edit)
    document = _document(at, body.document)
    if body.version < document.version:
        raise Problem(
            409,
            "stale",
            "Made on an older version",
            "The text has changed since; put your change on top of the present version.",
            version=document.version,
        )
    if body.version > document.version:
        raise Problem(
            409,
            "out-of-order",
            "Made on a version to come",
            f"The document is at version {document.version}, the change was made on "
            f"{body.version}: an earlier change is missing.",
            version=document.version,
        )
    if not allowed.editable(at.state, at.role, body.document):
        raise _not_editable(at)
    if at.state.written > WRITTEN_LIMIT * at.document_limit * _share(at.role):
        raise _room_full()
    try:
        normal = changes.normal_all(body.changes)
        changes.apply_all(document.text, normal, limit=at.document_limit)
    except changes.BadChanges as error:
        status = 413 if error.code == "too-large" else 422
        raise Problem(status, error.code, "The change does not fit", error.detail) from None
    return _as_it_is(at, body.model_copy(update={"changes": normal}))


def _share(role: Role) -> int:
    # Who fills a room must not silence the other: there is room left for the interviewer.
    return 2 if role == "interviewer" else 1


def _room_full() -> Problem:
    return Problem(
        413,
        "room-full",
        "This room is full",
        "More has been written in this room than one can hold. Its clock goes on, and what stands "
        "in it can be submitted and read.",
    )


def _not_editable(at: Context) -> Problem:
    if at.state.phase == "finished":
        return allowed.wrong_phase("The interview is over: its texts stand as they are.")
    if at.state.clock.paused:
        return allowed.paused()
    return allowed.wrong_phase("These answers were submitted: they stand as they are.")


def _document(at: Context, name: str) -> Document:
    document = at.state.documents.get(name)
    # What one may not see is not there: the answer for the interviewer's notes is the same.
    if document is None or not allowed.sees(at.role, name):
        raise Problem(
            404, "unknown-document", "No such document", f'This room has no document "{name}".'
        )
    return document


def _cursor(at: Context, body: Body) -> tuple[Draft, ...]:
    assert isinstance(body, Cursor)
    _document(at, body.document)
    return _as_it_is(at, body)


def _run(at: Context, body: Body) -> tuple[Draft, ...]:
    assert isinstance(body, RunAsked)
    question = _question(at, body.question)
    if body.mode not in allowed.modes(at.state, at.role, question.slug, at.bank):
        raise _no_run(at, question, body)
    under_way = sum(run.under_way for run in at.state.runs.values())
    if under_way >= UNDER_WAY_LIMIT:
        raise Problem(
            409,
            "run-under-way",
            "Runs are under way",
            f"{under_way} runs of this room are under way. Wait for the first of them to end.",
        )
    if len(at.state.runs) >= RUNS_LIMIT:
        raise Problem(
            409,
            "too-many-runs",
            "Too many runs",
            f"A room has at most {RUNS_LIMIT} runs. What stands at the end is submitted all the "
            "same.",
        )
    return (stages.run_draft(at.state, at.role, question, body.mode, "asked", at.new_run),)


def _no_run(at: Context, question: Question, body: RunAsked) -> Problem:
    state = at.state
    if state.clock.paused and at.role == "candidate":
        return allowed.paused()
    if question.kind not in CODE_KINDS and body.mode == "run":
        return _invalid("Answers are submitted; there is nothing in them to run.")
    if question.kind not in CODE_KINDS and state.submits(question.slug):
        return allowed.wrong_phase("These answers were submitted: they stand as they are.")
    if question.kind in CODE_KINDS and not state.created.rules.run:
        return Problem(
            403,
            "no-run",
            "Nothing is run here",
            "This is a whiteboard: your text is judged once, when the stage ends.",
        )
    return allowed.wrong_phase(f'"{question.title}" is not at hand in this stage.')


def _next(at: Context, body: Body) -> tuple[Draft, ...]:
    assert isinstance(body, NextAsked)
    state = at.state
    if body.stage != state.stage:
        raise Problem(
            409,
            "wrong-phase",
            "Somebody has gone on already",
            "The interview is in another stage by now; look again before you go on.",
            stage=state.stage,
        )
    last = state.stage + 1 == len(state.created.stages)
    why = "ready" if state.phase == "lobby" else "done" if last else "moved-on"
    return (
        *stages.leave(state, "moved-on", at.bank, at.new_run),
        *stages.begin(state, state.stage + 1, why, at.now, at.bank),
    )


def _say(at: Context, body: Body) -> tuple[Draft, ...]:
    assert isinstance(body, Said)
    if not body.text.strip():
        raise _invalid("There are no words in this.")
    # A person only ever chats: the other reasons to speak are the script's.
    return (Draft(at.role, "say", Said(text=body.text).model_dump()),)


def _hint(at: Context, body: Body) -> tuple[Draft, ...]:
    assert isinstance(body, HintAsked)
    question = _question(at, body.question)
    if question.slug not in at.state.current:
        raise allowed.wrong_phase(f'"{question.title}" is not at hand in this stage.')
    if at.state.hints.get(question.slug, 0) >= len(question.hints):
        raise Problem(
            409, "no-more-hints", "No more hints", "All hints of this question were given."
        )
    return hint(at.state, question, at.role)


def _asked(at: Context, body: Body) -> tuple[Draft, ...]:
    assert isinstance(body, Asked)
    question = _question(at, body.question)
    _key_points(question, body.item)
    if question.slug not in at.state.current:
        raise allowed.wrong_phase(f'"{question.title}" is not at hand in this stage.')
    if (question.slug, body.item, body.further) in at.state.asked:
        raise allowed.wrong_phase("This was asked already.")
    if body.further and (question.slug, body.item, False) not in at.state.asked:
        raise allowed.wrong_phase("A further question follows the first one.")
    drafts = stages.ask(at.state, at.role, question.slug, body.item, body.further)
    words = _words_of(question, body.item, body.further)
    if not words:
        return drafts
    # In the talk as well, where who looks at another sheet learns of it.
    said = Said(
        text=words[:4000],
        why="further" if body.further else "follow-up",
        question=question.slug,
        item=body.item,
    )
    return (*drafts, Draft(at.role, "say", said.model_dump()))


def _choice(at: Context, body: Body) -> tuple[Draft, ...]:
    assert isinstance(body, Chosen)
    question = _question(at, body.question)
    if question.slug not in at.state.current:
        raise allowed.wrong_phase(f'"{question.title}" is not at hand in this stage.')
    if body.item >= len(question.quiz):
        raise _invalid(f'"{question.title}" has no item {body.item} with choices.')
    if at.state.submits(question.slug):
        raise allowed.wrong_phase("These answers were submitted: they stand as they are.")
    item = question.quiz[body.item]
    chosen = sorted(set(body.choices))
    if any(not 0 <= one < len(item.choices) for one in chosen):
        raise _invalid(f"The choices of this item are numbered from 0 to {len(item.choices) - 1}.")
    if len(chosen) > 1 and not item.many:
        raise _invalid("This item takes one choice.")
    normal = {"question": question.slug, "item": body.item, "choices": chosen}
    return (Draft(at.role, "choice", normal),)


def _answered(at: Context, body: Body) -> tuple[Draft, ...]:
    assert isinstance(body, Answered)
    key = (body.question, body.item)
    if not any(put[:2] == key for put in at.state.asked):
        raise _invalid("This item was not asked.")
    if key in at.state.answered:
        raise allowed.wrong_phase("This answer was complete already.")
    return _as_it_is(at, body)


def _score(at: Context, body: Body) -> tuple[Draft, ...]:
    assert isinstance(body, Scored)
    if body.criterion is not None:
        if body.item is not None or body.points is not None:
            raise _invalid("A criterion is scored by a level, and by nothing else.")
        # Without a level a score is taken back, and the rubric's own counts again.
        if body.level is None and (body.question, None, body.criterion) not in at.state.scores:
            raise _invalid("There is no score of this criterion that could be taken back.")
        _criterion(body.criterion)
        if body.question is not None:
            _question(at, body.question)
        return _as_it_is(at, body)
    if body.question is None or body.item is None or body.points is None:
        raise _invalid("A score is of a criterion, or of the points of one answer.")
    points = _key_points(_question(at, body.question), body.item)
    if len(body.points) != len(points):
        raise _invalid(f"This answer has {len(points)} key points.")
    key = (body.question, body.item)
    if at.role == "candidate" and at.state.phase != "finished" and key not in at.state.answered:
        raise allowed.wrong_phase("First answer; then hold it against the key points.")
    return _as_it_is(at, body)


def _extend(at: Context, body: Body) -> tuple[Draft, ...]:
    assert isinstance(body, Extended)
    if at.state.clock.remaining(at.now) == 0:
        raise allowed.wrong_phase("The time of this stage is up.")
    return _as_it_is(at, body)


def _as_it_is(at: Context, body: Body) -> tuple[Draft, ...]:
    return (Draft(at.role, at.kind, body.model_dump()),)


def _question(at: Context, slug: str) -> Question:
    question = at.bank.get(slug)
    # Questions of stages to come are not there yet, and are not told from those that never are.
    if question is None or slug not in at.state.reached:
        raise _invalid(f'There is no question "{slug}" in this room now.')
    return question


def _key_points(question: Question, item: int) -> tuple[KeyPoint, ...]:
    items = question.concept or question.followups.items
    if not 0 <= item < len(items):
        raise _invalid(f'"{question.title}" has no item {item} that is asked.')
    return items[item].key_points


def _words_of(question: Question, item: int, further: bool) -> str:
    if question.concept:
        concept = question.concept[item]
        return concept.further if further else concept.text
    followup = question.followups.items[item]
    return followup.further if further else followup.question


def _criterion(name: str) -> None:
    if name not in CRITERIA:
        raise _invalid(f'"{name}" is no criterion. Criteria are: {", ".join(CRITERIA)}.')


def _invalid(detail: str) -> Problem:
    return Problem(422, "invalid", "This does not fit", detail)


_DECISIONS: dict[str, Decision] = {
    "edit": _edit,
    "cursor": _cursor,
    "run": _run,
    "next": _next,
    "say": _say,
    "hint": _hint,
    "asked": _asked,
    "choice": _choice,
    "answered": _answered,
    "score": _score,
    "pause": _as_it_is,
    "resume": _as_it_is,
    "extend": _extend,
    "take-over": _as_it_is,
    "hand-back": _as_it_is,
    "share": _as_it_is,
    "focus": _as_it_is,
}
