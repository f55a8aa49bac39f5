"""What every engine of the queue does. `embedded` serves one process, `postgres` many machines.

A lease is a token on the row of the run. Whoever holds it may record the result; when it runs out,
the run is given out again under a new token, and a result that comes late with the old one is
turned away. So a run is judged at least once and recorded exactly once.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from backend.models import Run
from backend.queue.lease import Ending, Lease, Story


class Intake(Protocol):
    """The service's side."""

    def put(self, session: Session, run: Run) -> None:
        """Queue a run: row and job in the transaction of `session`."""
        ...

    def wake(self) -> None:
        """Say, after the commit, that the table may hold something for executors."""
        ...

    def sweep(self, now: datetime) -> int:
        """Deal with runs whose lease has run out. Returns how many were queued again."""
        ...


class Queue(Protocol):
    """The executor's side. Safe to call from any thread."""

    @property
    def news(self) -> int:
        """Grows whenever the table may hold something: a worker notes it, looks, and only then
        waits for it to change, so that news between the look and the wait is not slept through."""
        ...

    def wake(self) -> None: ...

    def wait(self, seen: int, seconds: float) -> bool:
        """True once there has been news since `seen`, False after `seconds` without any."""
        ...

    def join(self, now: datetime) -> None:
        """Before the first claim: take a place, and give up what a dead one in this place held."""
        ...

    def leave(self) -> None:
        """After the last: give back what is unfinished because *we* stop, which is no loss."""
        ...

    def claim(self, now: datetime, modes: Iterable[str]) -> Lease | None:
        """Take the run of these modes that is next, or None where none waits."""
        ...

    def beat(self, status: dict[str, Any], leases: Iterable[Lease], now: datetime) -> bool:
        """Say how the slots are, and that these are still being worked on. True: take no more."""
        ...

    def story(self, lease: Lease) -> AbstractContextManager[Story]:
        """The delivery's events: what is told by `tell` reaches whoever follows the run."""
        ...

    def tell(self, story: Story, kind: str, data: dict[str, Any]) -> None: ...

    def end(self, story: Story, ending: Ending, now: datetime) -> bool:
        """Record how it ended, with all events, in one piece; False where the lease is no longer
        ours and nothing was recorded."""
        ...

    def give_back(self, leases: Iterable[Lease]) -> None:
        """Return runs unfinished, for others: that is no loss."""
        ...
