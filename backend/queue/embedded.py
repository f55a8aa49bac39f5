"""The queue for one process, on SQLite: the run rows themselves, handed out under leases."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CursorResult, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from backend.db import Database
from backend.models import FINISHED, OUR_FAILURE, QUEUED, RUNNING, Run, RunEvent, UtcTime
from backend.queue.lease import LOST, MODES, Ending, Lease, Story, rows
from backend.queue.news import News
from backend.room import log as room_log
from backend.room.events import Draft
from backend.runs.live import Channel, Live

_QUEUED_AGAIN: dict[str, Any] = {
    "state": QUEUED,
    "started_at": None,
    "lease_token": None,
    "leased_until": None,
}
# Statements of every run are made once: building one costs more than SQLite takes to answer it.
_NEXT = select(Run.id).where(Run.state == QUEUED).order_by(Run.rank, Run.id).limit(1)


def _take(next_one: Any) -> Any:
    return (
        update(Run)
        .where(Run.id == next_one.scalar_subquery(), Run.state == QUEUED)
        .values(
            state=RUNNING,
            started_at=bindparam("now", type_=UtcTime),
            delivery=Run.delivery + 1,
            lease_token=bindparam("token"),
            leased_until=bindparam("until", type_=UtcTime),
        )
        .returning(
            Run.id.label("run_id"),
            Run.question,
            Run.question_digest,
            Run.mode,
            Run.code,
            Run.delivery,
            Run.losses,
            Run.room_id,
        )
        .execution_options(synchronize_session=False)
    )


_TAKE = {
    frozenset(MODES): _take(_NEXT),
    **{frozenset((mode,)): _take(_NEXT.where(Run.mode == mode)) for mode in MODES},
}
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


@dataclass(slots=True, eq=False)
class _HeardStory(Story):
    channel: Channel = field(default_factory=Channel)


class EmbeddedQueue(News):
    """Both sides of the queue in one object: who puts and who claims are one process."""

    def __init__(
        self,
        database: Database,
        lease_seconds: int,
        redeliveries: int,
        live: Live,
        on_room: Callable[[str], None] = lambda room_id: None,
    ) -> None:
        """`on_room` is told, from any thread, in which room's log the end of a run was noted."""
        super().__init__()
        self._database = database
        self._live = live
        self._on_room = on_room
        self._lease = timedelta(seconds=lease_seconds)
        self._redeliveries = redeliveries

    def put(self, session: Session, run: Run) -> None:
        session.add(run)
        session.flush()

    def join(self, now: datetime) -> None:
        """Nobody else works on this database, so whatever is under way was a dead process's."""
        self._reclaim(now, ())

    def leave(self) -> None:
        with self._database.write() as session:
            session.execute(update(Run).where(Run.state == RUNNING).values(_QUEUED_AGAIN))

    def claim(self, now: datetime, modes: Iterable[str]) -> Lease | None:
        token = secrets.token_hex(16)
        values = {"now": now, "token": token, "until": now + self._lease}
        with self._database.write() as session:
            row = session.execute(_TAKE[frozenset(modes)], values).one_or_none()
        return None if row is None else Lease(token=token, **row._mapping)

    def beat(self, status: dict[str, Any], leases: Iterable[Lease], now: datetime) -> bool:
        tokens = [lease.token for lease in leases]
        if tokens:
            with self._database.write() as session:
                session.execute(
                    update(Run)
                    .where(Run.lease_token.in_(tokens))
                    .values(leased_until=now + self._lease)
                )
        return False

    @contextmanager
    def story(self, lease: Lease) -> Iterator[Story]:
        with self._live.channel(lease.run_id) as channel:
            yield _HeardStory(lease, channel=channel)

    def tell(self, story: Story, kind: str, data: dict[str, Any]) -> None:
        assert isinstance(story, _HeardStory)
        self._live.publish(story.channel, story.add(kind, data))

    def end(self, story: Story, ending: Ending, now: datetime) -> bool:
        assert isinstance(story, _HeardStory)
        lease = story.lease
        told = rows(lease.run_id, story.events)
        with self._database.write() as session:
            ours = _changed(
                session,
                _END,
                {
                    "run": lease.run_id,
                    "token": lease.token,
                    "new_state": OUR_FAILURE if ending.verdict is None else FINISHED,
                    "now": now,
                    "new_verdict": ending.verdict,
                    "new_failure": ending.failure,
                },
            )
            if ours and told:
                session.execute(_TELL, told)
            if ours and lease.room_id:
                _note(session, lease.room_id, _ended(lease, ending), now)
        if ours and lease.room_id:
            self._on_room(lease.room_id)
        if ours:
            self._live.end(story.channel)
        return bool(ours)

    def give_back(self, leases: Iterable[Lease]) -> None:
        tokens = [lease.token for lease in leases]
        if tokens:
            with self._database.write() as session:
                session.execute(
                    update(Run).where(Run.lease_token.in_(tokens)).values(_QUEUED_AGAIN)
                )

    def sweep(self, now: datetime) -> int:
        return self._reclaim(now, (Run.leased_until < now,))

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
                    losses=Run.losses + 1,
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


def _ended(lease: Lease, ending: Ending) -> Draft:
    body = {"run": lease.run_id, "question": lease.question, "mode": lease.mode}
    if ending.verdict is not None:
        return Draft("system", "verdict", {**body, "verdict": ending.verdict})
    return Draft("system", "failure", {**body, "message": ending.failure})


def _note(session: Session, room_id: str, draft: Draft, now: datetime) -> None:
    """Into the room's log, in the transaction that ends the run; the room is due at once, for the
    script may have something to say to it, also where nobody has the room open."""
    room_log.append(session, room_id, None, [draft], now, due_at=now)


def _changed(session: Session, statement: Any, values: dict[str, Any] | None = None) -> int:
    """Run an UPDATE, and say how many rows it changed."""
    result = session.execute(statement, values, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount
