"""The progress of one learner, put together from what they did. Never commits."""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.bank import Bank
from backend.clock import rfc3339
from backend.practice import progress as reckoning
from backend.practice import queries
from backend.practice.history import Sitting, sittings
from backend.practice.progress import Progress
from backend.practice.schemas import (
    DueView,
    ForgottenView,
    LessonView,
    NextView,
    PracticeView,
    SittingView,
    TriedView,
)

RECENT = 12
UPCOMING = 5


def view(session: Session, bank: Bank, learner: str | None, now: datetime) -> PracticeView:
    """Of a browser that was never here before: nothing done, and what to begin with."""
    past = _sittings(session, learner) if learner else []
    # A score of a follow-up has the form of a concept's; only of a concept is it the outcome.
    past = [one for one in past if _counts(bank, one)]
    done = reckoning.progress(bank, past)
    upcoming = reckoning.upcoming(done, now)[:UPCOMING]
    return PracticeView(
        lessons=[
            LessonView(
                id=one.id, title=one.title, passed=one.passed, tried=one.tried, total=one.total
            )
            for one in reckoning.lessons(bank, done)
        ],
        due=[_due(one, now) for one in reckoning.due(done, now)],
        upcoming=[_due(one, now) for one in upcoming],
        next=[
            NextView(
                slug=one.question.slug,
                title=one.question.title,
                kind=one.question.kind,
                level=one.question.level,
                minutes=one.question.minutes,
                why=one.why,
            )
            for one in reckoning.suggestions(bank, done)
        ],
        recent=[_sitting(done[one.question], one) for one in reversed(past[-RECENT:])],
        questions=[_tried(one) for one in done.values()],
    )


def forget(session: Session, learner: str | None) -> ForgottenView:
    runs, rooms = queries.forget(session, learner) if learner else (0, 0)
    if runs == rooms == 0:
        remains = "Nothing was kept for this browser."
    else:
        remains = (
            f"{_count(runs, 'run')} and {_count(rooms, 'room')} stay in the service's database, "
            "but nothing there says any more that they were yours. A room still opens by its link."
        )
    return ForgottenView(runs=runs, rooms=rooms, remains=remains)


def _sittings(session: Session, learner: str) -> list[Sitting]:
    return sittings(queries.runs_of(session, learner), queries.events_of(session, learner))


def _counts(bank: Bank, sitting: Sitting) -> bool:
    question = bank.get(sitting.question)
    return question is not None and (question.kind == "concept") == sitting.is_scored


def _due(one: Progress, now: datetime) -> DueView:
    assert one.due_at is not None
    return DueView(
        slug=one.question.slug,
        title=one.question.title,
        minutes=one.question.minutes,
        due_at=rfc3339(one.due_at),
        why=reckoning.why_due(one, now),
    )


def _tried(one: Progress) -> TriedView:
    return TriedView(
        slug=one.question.slug,
        title=one.question.title,
        passed=one.passed,
        attempts=one.attempts,
        outcome=_outcome(one.sittings[-1]),
        best=one.best.best,
        total=one.best.total,
        hints=sum(sitting.hints for sitting in one.sittings),
        seconds=one.seconds,
        due_at=rfc3339(one.due_at) if one.due_at else None,
    )


def _sitting(one: Progress, sitting: Sitting) -> SittingView:
    return SittingView(
        slug=sitting.question,
        title=one.question.title,
        at=rfc3339(sitting.at),
        outcome=_outcome(sitting),
        submits=sitting.submits,
        best=sitting.best,
        total=sitting.total,
        hints=sitting.hints,
        seconds=sitting.seconds,
        room=sitting.room,
    )


def _outcome(sitting: Sitting) -> str:
    if sitting.submits == 0:
        return "tried"
    return "passed" if sitting.passed else "failed"


def _count(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
