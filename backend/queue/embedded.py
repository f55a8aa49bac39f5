"""The queue for one process: the run rows themselves, handed out under leases.

A lease is a token on the row. Whoever holds it may record the result; when it runs out, or the
service was killed, the run is given out again under a new token, and a result that comes late
with the old one is turned away. So a run is judged at least once and recorded exactly once.
"""

import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CursorResult, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from backend.db import Database
from backend.models import FINISHED, OUR_FAILURE, QUEUED, RUNNING, Run, RunEvent, UtcTime
from backend.room import log as room_log
from backend.room.events import Draft

# A Run, after which somebody sits and waits, overtakes Submits that came up to this much earlier;
# more than that it does not, so that no Submit waits for ever.
RUN_HEAD_START = timedelta(seconds=10)

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


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a run tells. `sequence` grows, also from one delivery to the next."""

    sequence: int
    type: str
    data: dict[str, Any]


def rank(mode: str, created_at: datetime) -> float:
    """A run's place in the queue: the lowest is next."""
    head_start = RUN_HEAD_START if mode == "run" else timedelta(0)
    return (created_at - head_start).timestamp()


_QUEUED_AGAIN: dict[str, Any] = {
    "state": QUEUED,
    "started_at": None,
    "lease_token": None,
    "leased_until": None,
}
# Statements of every run are made once: building one costs more than SQLite takes to answer it.
# On Postgres two workers pass over each other's candidate; SQLite lets one writer in at a time.
_NEXT = (
    select(Run.id)
    .where(Run.state == QUEUED)
    .order_by(Run.rank, Run.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(Run)
    .where(Run.id == _NEXT.scalar_subquery(), Run.state == QUEUED)
    .values(
        state=RUNNING,
        started_at=bindparam("now", type_=UtcTime),
        delivery=Run.delivery + 1,
        lease_token=bindparam("token"),
        leased_until=bindparam("until", type_=UtcTime),
    )
    .returning(Run.id.label("run_id"), Run.question, Run.mode, Run.code, Run.delivery, Run.room_id)
    .execution_options(synchronize_session=False)
)
_END = (
    update(Run)
    .where(Run.id == bindparam("run"), Run.lease_token == bindparam("token"))
    .values(
        state=bindparam("new_state"),
        finished_at=bindparam("now", type_=UtcTime),
        lease_token=None,
        leased_until=None,
        verdict=bindparam("new_verdict", type_=JSON(none_as_null=True)),
        failure=bindparam("new_failure"),
    )
)
_TELL = insert(RunEvent)


class EmbeddedQueue:
    """Hands out runs and takes back what became of them. Safe to call from any thread."""

    def __init__(
        self,
        database: Database,
        lease_seconds: int,
        redeliveries: int,
        on_room: Callable[[str], None] = lambda room_id: None,
    ) -> None:
        """`on_room` is told, from any thread, in which room's log the end of a run was noted."""
        self._database = database
        self._on_room = on_room
        self._lease = timedelta(seconds=lease_seconds)
        self._redeliveries = redeliveries
        self._news = threading.Condition()
        self._news_count = 0

    # Waiting: a worker notes the count, looks into the table, and only then waits for the count
    # to change, so that news between the look and the wait is not slept through.

    @property
    def news(self) -> int:
        return self._news_count

    def wake(self) -> None:
        """Tell the workers that the table may hold something for them."""
        with self._news:
            self._news_count += 1
            self._news.notify_all()

    def wait(self, seen: int, seconds: float) -> bool:
        """True once there has been news since `seen`, False after `seconds` without any."""
        with self._news:
            return self._news.wait_for(lambda: self._news_count != seen, seconds)

    def claim(self, now: datetime) -> Lease | None:
        """Take the run that is next, or None where none waits."""
        token = secrets.token_hex(16)
        with self._database.write() as session:
            row = session.execute(
                _TAKE, {"now": now, "token": token, "until": now + self._lease}
            ).one_or_none()
        return None if row is None else Lease(token=token, **row._mapping)

    def extend(self, leases: Iterable[Lease], now: datetime) -> None:
        """Say that these are still being worked on."""
        tokens = [lease.token for lease in leases]
        if tokens:
            with self._database.write() as session:
                session.execute(
                    update(Run)
                    .where(Run.lease_token.in_(tokens))
                    .values(leased_until=now + self._lease)
                )

    def finish(
        self, lease: Lease, verdict: dict[str, Any], events: Sequence[Event], now: datetime
    ) -> bool:
        """Record a verdict; False where the lease is no longer ours and nothing was recorded."""
        return self._end(lease, FINISHED, verdict, None, events, now)

    def fail(self, lease: Lease, message: str, events: Sequence[Event], now: datetime) -> bool:
        """Record that we failed; False where the lease is no longer ours."""
        return self._end(lease, OUR_FAILURE, None, message, events, now)

    def _end(
        self,
        lease: Lease,
        state: str,
        verdict: dict[str, Any] | None,
        failure: str | None,
        events: Sequence[Event],
        now: datetime,
    ) -> bool:
        told = [
            {
                "run_id": lease.run_id,
                "sequence": event.sequence,
                "type": event.type,
                "data": event.data,
            }
            for event in events
        ]
        with self._database.write() as session:
            ours = _changed(
                session,
                _END,
                {
                    "run": lease.run_id,
                    "token": lease.token,
                    "new_state": state,
                    "now": now,
                    "new_verdict": verdict,
                    "new_failure": failure,
                },
            )
            if ours and told:
                session.execute(_TELL, told)
            if ours and lease.room_id:
                _note(session, lease.room_id, _ended(lease, verdict, failure), now)
        if ours and lease.room_id:
            self._on_room(lease.room_id)
        return bool(ours)

    def give_back(self, leases: Iterable[Lease]) -> None:
        """Return runs unfinished because *we* stop: that is no loss."""
        tokens = [lease.token for lease in leases]
        if tokens:
            with self._database.write() as session:
                session.execute(
                    update(Run).where(Run.lease_token.in_(tokens)).values(_QUEUED_AGAIN)
                )

    def sweep(self, now: datetime) -> int:
        """Deal with runs whose lease has run out. Returns how many were queued again."""
        return self._reclaim(now, (Run.leased_until < now,))

    def recover(self, now: datetime) -> int:
        """Deal with runs that a process, now dead, was working on. Only for the start, before
        any of this process's own workers."""
        return self._reclaim(now, ())

    def _reclaim(self, now: datetime, conditions: tuple[Any, ...]) -> int:
        lost = (Run.state == RUNNING, *conditions)
        with self._database.read() as session:
            if not session.scalar(select(func.count()).select_from(Run).where(*lost)):
                return 0
        rooms = []
        with self._database.write() as session:
            given_up = session.execute(
                update(Run)
                .where(*lost, Run.losses >= self._redeliveries)
                .values(
                    state=OUR_FAILURE,
                    failure=LOST,
                    finished_at=now,
                    lease_token=None,
                    leased_until=None,
                )
                .returning(Run.id, Run.question, Run.mode, Run.room_id)
                .execution_options(synchronize_session=False)
            ).all()
            for run in given_up:
                if run.room_id is not None:
                    rooms.append(run.room_id)
                    body = {"run": run.id, "question": run.question, "mode": run.mode}
                    failed = Draft("system", "failure", {**body, "message": LOST})
                    _note(session, run.room_id, failed, now)
            again = _changed(
                session,
                update(Run).where(*lost).values(_QUEUED_AGAIN | {"losses": Run.losses + 1}),
            )
        for room_id in rooms:
            self._on_room(room_id)
        if again:
            self.wake()
        return again


def _ended(lease: Lease, verdict: dict[str, Any] | None, failure: str | None) -> Draft:
    body = {"run": lease.run_id, "question": lease.question, "mode": lease.mode}
    if verdict is not None:
        return Draft("system", "verdict", {**body, "verdict": verdict})
    return Draft("system", "failure", {**body, "message": failure})


def _note(session: Session, room_id: str, draft: Draft, now: datetime) -> None:
    """Into the room's log, in the transaction that ends the run; the room is due at once, for the
    script may have something to say to it, also where nobody has the room open."""
    room_log.append(session, room_id, None, [draft], now, due_at=now)


def _changed(session: Session, statement: Any, values: dict[str, Any] | None = None) -> int:
    """Run an UPDATE, and say how many rows it changed."""
    result = session.execute(statement, values, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount
