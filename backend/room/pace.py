"""How fast somebody may send: a bucket that fills with the time and is emptied by messages.

A person who types sends a few messages a second; a page that was offline sends many at once. One
bucket for each socket keeps a page that has gone wrong within bounds, and one for each of a room's
two links keeps within bounds whoever opens many sockets, or posts instead: all rooms share a core.
"""

from dataclasses import dataclass
from time import monotonic

from backend.errors import Problem
from backend.room.events import Body, Edit

PER_SECOND = 50.0
AT_ONCE = 300.0
LINK_PER_SECOND = 100.0
LINK_AT_ONCE = 1000.0
# What is long takes as long to read as many short ones do.
CHARACTERS = 4096
CHANGE_SETS = 25


@dataclass(slots=True)
class Pace:
    per_second: float = PER_SECOND
    at_once: float = AT_ONCE
    left: float = AT_ONCE
    at: float = 0.0

    def allows(self, now: float, cost: float = 1.0) -> bool:
        """Whether there is something left, and then less of it. One that costs more than there is
        goes through, and those behind it wait the longer."""
        self.left = min(self.at_once, self.left + (now - self.at) * self.per_second)
        self.at = now
        if self.left < 1:
            return False
        self.left -= cost
        return True


def pace_of_a_link() -> Pace:
    return Pace(LINK_PER_SECOND, LINK_AT_ONCE, LINK_AT_ONCE)


def check(pace: Pace, cost: float = 1.0) -> None:
    if not pace.allows(monotonic(), cost):
        raise Problem(
            429,
            "too-fast",
            "Too many messages",
            "More comes than a room takes in; wait a moment and send it again.",
            headers={"Retry-After": "1"},
            retry_after=1,
        )


def cost_of_text(length: int) -> float:
    return max(1.0, length / CHARACTERS)


def cost_of_body(body: Body | None) -> float:
    """What a command costs, when it has been read, beyond its length."""
    return len(body.changes) / CHANGE_SETS if isinstance(body, Edit) else 0.0
