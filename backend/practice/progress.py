"""How far somebody has come: by question, by lesson, and what to do next. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.bank import LESSONS, LEVELS, Bank, Question
from backend.practice.history import Sitting
from backend.practice.schedule import due_at

NEXT = 5
"""New questions that are suggested at once."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What came of one question so far."""

    question: Question
    sittings: tuple[Sitting, ...]
    due_at: datetime | None

    @property
    def passed(self) -> bool:
        return any(sitting.passed for sitting in self.sittings)

    @property
    def attempts(self) -> int:
        return sum(sitting.submits for sitting in self.sittings)

    @property
    def best(self) -> Sitting:
        return max(self.sittings, key=lambda one: one.best / one.total if one.total else 0.0)

    @property
    def seconds(self) -> float | None:
        """The shortest time to a pass that is known."""
        known = [one.seconds for one in self.sittings if one.seconds is not None]
        return min(known, default=None)


@dataclass(frozen=True, slots=True)
class Lesson:
    """`passed` <= `tried` <= `total` questions of it."""

    id: str
    title: str
    passed: int
    tried: int
    total: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    question: Question
    why: str


def progress(bank: Bank, sittings: Sequence[Sitting]) -> dict[str, Progress]:
    """By slug, of the questions that were tried and are still in the bank."""
    by_slug: dict[str, list[Sitting]] = {}
    for sitting in sittings:
        by_slug.setdefault(sitting.question, []).append(sitting)
    found = {}
    for question in bank.questions:
        if own := by_slug.get(question.slug):
            due = due_at(own, question.kind, question.minutes)
            found[question.slug] = Progress(question, tuple(own), due)
    return found


def lessons(bank: Bank, done: Mapping[str, Progress]) -> list[Lesson]:
    """Only what the bank has, in the library's order."""
    found = []
    for name, title in LESSONS.items():
        slugs = [question.slug for question in bank.questions if question.lesson == name]
        tried = [done[slug] for slug in slugs if slug in done]
        passed = sum(one.passed for one in tried)
        if slugs:
            found.append(Lesson(name, title, passed, len(tried), len(slugs)))
    return found


def due(done: Mapping[str, Progress], now: datetime) -> list[Progress]:
    """What should be done again now, the longest overdue first."""
    waiting = [one for one in done.values() if one.due_at is not None and one.due_at <= now]
    return sorted(waiting, key=_due_order)


def upcoming(done: Mapping[str, Progress], now: datetime) -> list[Progress]:
    """What comes due later, the soonest first."""
    later = [one for one in done.values() if one.due_at is not None and one.due_at > now]
    return sorted(later, key=_due_order)


def suggestions(bank: Bank, done: Mapping[str, Progress]) -> list[Suggestion]:
    """Questions not tried yet: of each lesson the easiest, easy before hard, then as lessons go."""
    first: dict[str, Question] = {}
    for question in sorted(bank.questions, key=_level):
        if question.slug not in done:
            first.setdefault(question.lesson, question)
    lesson = {one.id: one for one in lessons(bank, done)}
    order = list(LESSONS)
    chosen = sorted(first.values(), key=lambda one: (_level(one), order.index(one.lesson)))
    return [Suggestion(one, _why_new(lesson[one.lesson])) for one in chosen[:NEXT]]


def why_due(one: Progress, now: datetime) -> str:
    last = one.sittings[-1]
    when = ago(now - last.at)
    if not last.passed:
        return f"Not passed {when}." if one.passed else f"Not passed yet; last tried {when}."
    if last.hints:
        return f"Passed {when} with a hint: does it come without?"
    return f"Passed {when}: does it still come?"


def _why_new(lesson: Lesson) -> str:
    if lesson.tried == 0:
        return f"Begins {lesson.title}."
    return f"Goes on with {lesson.title}: {lesson.passed} of {lesson.total} passed."


def ago(time: timedelta) -> str:
    days = time.days
    if days < 1:
        return "today" if time < timedelta(hours=12) else "yesterday"
    if days < 14:
        return "yesterday" if days == 1 else f"{days} days ago"
    return f"{round(days / 7)} weeks ago" if days < 60 else f"{round(days / 30)} months ago"


def _level(question: Question) -> int:
    return list(LEVELS).index(question.level)


def _due_order(one: Progress) -> tuple[datetime, str]:
    assert one.due_at is not None
    return one.due_at, one.question.slug
