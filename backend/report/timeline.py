"""When what happened, in seconds since the interview began."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from backend.bank import ANSWER_KINDS
from backend.report.document import Mark, Span, Timeline
from backend.report.session import Session
from backend.report.words import characters, duration, outcome_words
from backend.room.events import Event

MOST_MARKS = 700
"""Of one kind. A room has fewer runs."""
_DOCUMENTS = {"scratch": "the scratch pad", "notes": "the notes"}


def timeline(session: Session) -> Timeline:
    seconds = session.seconds(_end(session))
    # What happened in the lobby, or to the page after the end, is no part of the interview.
    marks = [mark for mark in _marks(session) if 0 <= mark.at <= seconds]
    return Timeline(
        seconds=seconds,
        spans=sorted([*_stages(session), *_pauses(session)], key=lambda span: span.begin),
        marks=_so_many(sorted(marks, key=lambda mark: mark.at)),
    )


def _so_many(marks: list[Mark]) -> list[Mark]:
    """What the page says of itself comes as fast as somebody likes: the rest is only counted."""
    kept = []
    for kind in dict.fromkeys(mark.kind for mark in marks):
        alike = [mark for mark in marks if mark.kind == kind]
        kept += alike[:MOST_MARKS]
        if rest := alike[MOST_MARKS:]:
            words = f"{len(rest)} more of this kind from here on: {rest[0].sentence}"
            kept.append(replace(rest[0], sentence=words))
    return sorted(kept, key=lambda mark: mark.at)


def paused_seconds(session: Session) -> float:
    return round(sum(span.end - span.begin for span in _pauses(session)), 3)


def _end(session: Session) -> datetime:
    return session.ended or session.events[-1].at


def _stages(session: Session) -> Iterator[Span]:
    began: Event | None = None
    for event in session.events:
        if event.kind == "phase":
            if began is not None:
                yield _stage(session, began, event.at)
            stage = event.body["stage"]
            began = event if 0 <= stage < len(session.state.created.stages) else None
    if began is not None:
        yield _stage(session, began, _end(session))


def _stage(session: Session, began: Event, ended: datetime) -> Span:
    stage = session.state.created.stages[began.body["stage"]]
    return Span(
        "stage", stage.title, stage.phase, session.seconds(began.at), session.seconds(ended)
    )


def _pauses(session: Session) -> Iterator[Span]:
    paused: datetime | None = None
    phase = "lobby"
    for event in session.events:
        if event.kind == "pause" and paused is None:
            paused = event.at
        # A stage that is left while it is paused ends the pause: the next clock runs.
        elif event.kind in ("resume", "phase") and paused is not None:
            yield _pause(session, phase, paused, event.at)
            paused = None
        if event.kind == "phase":
            phase = event.body["phase"]
    if paused is not None:
        yield _pause(session, phase, paused, _end(session))


def _pause(session: Session, phase: str, begin: datetime, end: datetime) -> Span:
    return Span("pause", "Paused", phase, session.seconds(begin), session.seconds(end))


def _marks(session: Session) -> Iterator[Mark]:
    for event in session.events:
        mark = _mark(session, event)
        if mark is not None:
            yield mark
    for paste in session.assessment.signals.pastes:
        where = _document_words(session, paste.document)
        yield Mark(
            session.seconds(paste.at),
            "paste",
            f"{characters(paste.characters)} pasted into {where}",
            _question_of(paste.document),
        )
    for away in session.assessment.signals.away:
        words = f"The page was left for {duration(away.seconds)}"
        yield Mark(session.seconds(away.at), "focus-lost", words)


def _mark(session: Session, event: Event) -> Mark | None:
    body, at = event.body, session.seconds(event.at)
    if event.kind == "run":
        return _run_mark(session, event)
    question = body.get("question")
    title = session.title_of(question)
    if event.kind == "failure":
        sentence = f"{title}: we could not judge this. It is our failure, and costs nothing"
        return Mark(at, "our-failure", sentence, question)
    if event.kind == "hint":
        return Mark(at, "hint", f"{title}: hint {body['level']}", question)
    if event.kind == "asked":
        put = "a further question was put" if body["further"] else "a question was put"
        return Mark(at, "question", f"{title}: {put}", question)
    if event.kind == "extend":
        reason = f" ({body['reason']})" if body["reason"] else ""
        return Mark(at, "extension", f"{duration(body['seconds'])} more{reason}")
    return None


def _run_mark(session: Session, event: Event) -> Mark | None:
    body = event.body
    run = session.state.runs.get(body["run"])
    if run is None or run.failed_by_us:
        return None  # our failure has a mark of its own
    mode = "Submit" if body["mode"] == "submit" else "Run"
    if body["why"] != "asked":
        mode = "submitted as it stood at the end of the stage"
    question = session.questions.get(run.question)
    if run.outcome is None:
        came = "not judged yet"
    else:
        answers = question is not None and question.kind in ANSWER_KINDS
        came = outcome_words(run.outcome, run.passed, run.total, answers=answers)
    return Mark(
        at=session.seconds(event.at),
        kind=run.mode,
        sentence=f"{session.title_of(run.question)}: {mode}, {came}",
        question=run.question,
        good=None if run.outcome is None else run.outcome == "passed",
    )


def _question_of(document: str) -> str | None:
    house, _, rest = document.partition("/")
    return rest.partition("/")[0] if house in ("code", "answer") else None


def _document_words(session: Session, document: str) -> str:
    house, _, _ = document.partition("/")
    title = session.title_of(_question_of(document))
    if house == "code":
        return f"the code of {title}"
    if house == "answer":
        return f"an answer to {title}"
    return _DOCUMENTS.get(document, document)
