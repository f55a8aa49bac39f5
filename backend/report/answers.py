"""Answers in words: follow-ups and concept items, beside the key points of a strong answer."""

from collections.abc import Sequence
from datetime import datetime

from backend.bank import KeyPoint, Question
from backend.report.document import Answer, Point
from backend.report.session import Session
from backend.room.events import Event, answer_document
from backend.room.points import touched


def answers(session: Session, question: Question) -> list[Answer]:
    """What was put to the candidate, in the order in which it was put."""
    put = [(item, at) for item, at in _put(session, question.slug).items()]
    found = [_answer(session, question, item, at) for item, at in put]
    return [answer for answer in found if answer is not None]


def _put(session: Session, slug: str) -> dict[int, datetime]:
    """Item -> when it was asked first, or when its box appeared."""
    moments: dict[int, datetime] = {}
    for event in session.events:
        if event.kind == "asked" and event.body["question"] == slug:
            moments.setdefault(event.body["item"], event.at)
        elif event.kind == "opened":
            house, _, rest = event.body["document"].partition("/")
            question, _, item = rest.rpartition("/")
            if house == "answer" and question == slug and item.isdecimal():
                moments.setdefault(int(item), event.at)
    return moments


def _answer(session: Session, question: Question, item: int, at: datetime) -> Answer | None:
    asked = _asked(question, item)
    if asked is None:
        return None
    text, further, strong, key_points = asked
    given = _given(session, question.slug, item)
    score = _score(session, question.slug, item)
    is_concept = bool(question.concept)
    return Answer(
        item=item,
        kind="concept" if is_concept else "follow-up",
        question=text,
        further=further if (question.slug, item, True) in session.state.asked else None,
        text=given,
        at=session.seconds(at),
        answered=(question.slug, item) in session.state.answered,
        points=_points(given, key_points, score) if session.shows_solutions else [],
        scored_by=None if score is None else score.author,
        reason="" if score is None else score.body.get("reason", ""),
        strong=strong if session.shows_solutions else "",
    )


def _given(session: Session, slug: str, item: int) -> str:
    """What was written into its box, and what was said of it in the conversation."""
    document = session.state.documents.get(answer_document(slug, item))
    written = "" if document is None else document.text
    said = session.state.spoken.get((slug, item), "")
    return "\n\n".join(text for text in (written, said) if text.strip())


def _asked(question: Question, item: int) -> tuple[str, str, str, Sequence[KeyPoint]] | None:
    """Its text, the further question, a strong answer, key points; None: the bank has it not."""
    if question.concept:
        if item >= len(question.concept):
            return None
        one = question.concept[item]
        return one.text, one.further, one.strong, one.key_points
    # Predictions have boxes of the same name, and are shown with their verdict.
    if question.predict.asks or item >= len(question.followups.items):
        return None
    followup = question.followups.items[item]
    return followup.question, followup.further, "", followup.key_points


def _points(given: str, key_points: Sequence[KeyPoint], score: Event | None) -> list[Point]:
    scored = None if score is None else score.body.get("points")
    return [
        Point(
            text=touch.point.text,
            touched=list(touch.found),
            can_tell=touch.can_tell,
            # A bank that has changed since may have other points than those that were scored.
            scored=scored[number] if scored and len(scored) == len(key_points) else None,
        )
        for number, touch in enumerate(touched(given, key_points))
    ]


def _score(session: Session, slug: str, item: int) -> Event | None:
    """The latest score of this answer."""
    return next(
        (
            event
            for event in reversed(session.events)
            if event.kind == "score"
            and event.body.get("question") == slug
            and event.body.get("item") == item
        ),
        None,
    )
