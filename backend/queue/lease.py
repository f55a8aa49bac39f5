"""What is handed to an executor, and what it tells of it: the same in both engines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

MODES = ("run", "submit")
# A Run, after which somebody sits and waits, goes before every Submit. That Submits do not wait
# for ever is not left to the order: executors keep a slot for them.
RUN_FIRST = timedelta(days=365)

# The events of one delivery are numbered below those of the next: output is capped, cases are few.
DELIVERY_STRIDE = 1_000_000

LOST = (
    "We lost this run more than once, so we have stopped trying. That is our failure, not your "
    "code's, and it counts for nothing. Send it again."
)


@dataclass(frozen=True, slots=True)
class Lease:
    """A run that was handed out, with all that is needed to judge and to record it."""

    run_id: str
    token: str
    question: str
    mode: str
    code: str
    delivery: int
    room_id: str | None = None
    question_digest: str | None = None
    losses: int = 0
    """How often its executor was lost before."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a run tells. `sequence` grows, also from one delivery to the next."""

    sequence: int
    type: str
    data: dict[str, Any]


@dataclass(slots=True, eq=False)
class Story:
    """What one delivery of a run has told so far. Only grows; each engine says who hears of it."""

    lease: Lease
    events: list[Event] = field(default_factory=list)

    def add(self, kind: str, data: dict[str, Any]) -> Event:
        sequence = self.lease.delivery * DELIVERY_STRIDE + len(self.events) + 1
        self.events.append(Event(sequence, kind, data))
        return self.events[-1]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: with a verdict, or else with a sentence that says how we failed."""

    verdict: dict[str, Any] | None
    failure: str | None = None


def rank(mode: str, created_at: datetime) -> float:
    """A run's place in the queue: the lowest is next."""
    head_start = RUN_FIRST if mode == "run" else timedelta(0)
    return (created_at - head_start).timestamp()


def rows(run_id: str, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Events as the table has them."""
    return [
        {"run_id": run_id, "sequence": event.sequence, "type": event.type, "data": event.data}
        for event in events
    ]
