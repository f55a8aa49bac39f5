"""How fast somebody may send: a bucket that fills with the time and is emptied by messages.

A person who types sends a few messages a second; a page that was offline sends many at once. One
bucket for each socket keeps a page that has gone wrong within bounds, and one for each of a room's
two links keeps within bounds whoever opens many sockets, or posts instead: all rooms share a core.
"""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from math import ceil
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


class Paces:
    """A bucket for each address that asks for new rooms; they are public until accounts exist."""

    MOST = 10_000
    """Addresses that are remembered: those that came last."""

    def __init__(self, per_hour: int) -> None:
        self._per_hour = per_hour
        self._paces: dict[str, Pace] = {}

    def check(self, address: str) -> None:
        if not self._per_hour:
            return
        name = _network(address)
        pace = self._paces.pop(name, None)
        if pace is None:
            pace = Pace(self._per_hour / 3600, self._per_hour, self._per_hour, monotonic())
        self._paces[name] = pace
        if len(self._paces) > self.MOST:
            del self._paces[next(iter(self._paces))]
        if not pace.allows(monotonic()):
            wait = ceil(3600 / self._per_hour)
            raise Problem(
                429,
                "too-many-rooms",
                "Too many new rooms",
                f"{self._per_hour} rooms may be opened in an hour. Come back in {wait} seconds.",
                headers={"Retry-After": str(wait)},
                retry_after=wait,
            )


def _network(address: str) -> str:
    """Whoever has one address of IPv6 has as many as they like: what they have is a /64."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ip_network((found.packed, 64), strict=False))


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
