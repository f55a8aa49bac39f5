"""A past to look back on, without a database: what the fold is given."""

from datetime import UTC, datetime, timedelta
from typing import Any

from backend.practice.history import PastEvent, PastRun

THEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(minutes: float = 0, days: float = 0) -> datetime:
    return THEN + timedelta(minutes=minutes, days=days)


def run(
    minutes: float = 0,
    outcome: str = "passed",
    *,
    days: float = 0,
    question: str = "scale-rows",
    mode: str = "submit",
    room: str | None = None,
    passed: int | None = None,
) -> PastRun:
    best = (4 if outcome == "passed" else 1) if passed is None else passed
    return PastRun(question, mode, room, at(minutes, days), outcome, best, 4)


def event(minutes: float, kind: str, room: str = "r1", **body: Any) -> PastEvent:
    return PastEvent(room, at(minutes), kind, body)


def room_of(question: str, room: str = "r1") -> list[PastEvent]:
    """Created, introduced for five minutes, then at work on the question."""
    stages = [{"questions": []}, {"questions": [question]}]
    return [
        event(0, "created", room, stages=stages),
        event(0, "phase", room, stage=-1),
        event(1, "phase", room, stage=0),
        event(6, "phase", room, stage=1),
    ]
