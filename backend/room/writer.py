"""One thread that commits what all rooms append: many rooms in one transaction.

While one transaction is under way the next one collects, so the busier the rooms are, the fewer
commits each event costs. An answer is given only once the rows are committed.
"""

import asyncio
import queue
import threading
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from backend.db import Database
from backend.errors import Problem
from backend.room import log as room_log
from backend.room import queries
from backend.room.events import Event
from backend.trouble import Trouble

logger = structlog.get_logger(__name__)

# More than this in one transaction would only make the first of them wait.
GROUP = 500


@dataclass(frozen=True, slots=True)
class RoomRunRequest:
    """A row of `runs` that has to come with its `run` event. `command` says which command of the
    batch asked for it; None: nobody did (time was up), so it cannot be refused."""

    run: str
    question: str
    mode: str
    code: str
    command: int | None


class End(Enum):
    COMMITTED = "committed"
    MISSED = "missed"
    """Somebody else has appended since; nothing of the batch was."""
    REFUSED = "refused"
    """A run of it could not be queued; nothing of the batch was appended."""
    BROKEN = "broken"
    """The database failed; nothing of the batch was appended."""


@dataclass(frozen=True, slots=True)
class Outcome:
    end: End
    command: int | None = None
    problem: Problem | None = None


@dataclass(slots=True)
class Batch:
    """What one room appends at once, decided on the state at `expected`."""

    room_id: str
    expected: int
    events: list[Event]
    due_at: datetime | None
    runs: list[RoomRunRequest]
    learner: str | None
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Outcome] = field(init=False)

    def __post_init__(self) -> None:
        self.done = self.loop.create_future()


class RoomRuns(Protocol):
    """The way from a room's `run` event to the queue."""

    def submit(self, session: Session, batch: Batch, run: RoomRunRequest) -> None:
        """Queue it in this transaction, or raise the problem that speaks against it."""

    def wake(self) -> None:
        """Runs were committed."""


class _Refused(Exception):
    def __init__(self, command: int, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.command = command
        self.problem = problem


class Writer:
    """`start`, then `commit` from the event loop, then `stop`."""

    def __init__(self, database: Database, runs: RoomRuns, replica: str) -> None:
        """`replica`: in whose name the others are told that a log has grown."""
        self._database = database
        self._replica = replica
        self._runs = runs
        self._trouble = Trouble()
        self._batches: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="room-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Commit what was handed in before, then end."""
        if self._thread.is_alive():
            self._batches.put(None)
            self._thread.join(seconds)

    async def commit(self, batch: Batch) -> Outcome:
        self._batches.put(batch)
        return await batch.done

    def _write(self) -> None:
        stopping = False
        while not stopping:
            group: list[Batch] = []
            first = self._batches.get()
            while first is not None:
                group.append(first)
                if len(group) == GROUP or self._batches.empty():
                    break
                first = self._batches.get()
            stopping = first is None
            if group:
                # In one order everywhere: two replicas that lock rooms crosswise would stop dead.
                group.sort(key=lambda batch: batch.room_id)
                _tell(group, self._commit(group))

    def _commit(self, group: list[Batch]) -> list[Outcome]:
        try:
            outcomes = self._in_one_transaction(group)
        except Exception as error:
            if len(group) == 1:
                self._trouble.log(
                    logger, "a room's events could not be stored", error, room=group[0].room_id
                )
                return [Outcome(End.BROKEN)]
            # One of them must not take the others with it.
            return [self._commit([batch])[0] for batch in group]
        self._trouble.log_end(logger, "rooms' events are stored again")
        if any(
            batch.runs and outcome.end is End.COMMITTED
            for batch, outcome in zip(group, outcomes, strict=True)
        ):
            self._runs.wake()
        return outcomes

    def _in_one_transaction(self, group: list[Batch]) -> list[Outcome]:
        outcomes = []
        rows = []
        with self._database.write() as session:
            for batch in group:
                outcome = self._advance(session, batch)
                outcomes.append(outcome)
                if outcome.end is End.COMMITTED:
                    rows += [room_log.row(batch.room_id, event) for event in batch.events]
            if rows:
                queries.insert_events(session, rows)
                queries.announce(session, {row["room_id"] for row in rows}, self._replica)
        return outcomes

    def _advance(self, session: Session, batch: Batch) -> Outcome:
        if not batch.runs:
            return _claim(session, batch)
        try:
            # A savepoint: the rows of the runs go where the events go, or nowhere.
            with session.begin_nested():
                outcome = _claim(session, batch)
                if outcome.end is End.COMMITTED:
                    for run in batch.runs:
                        self._submit(session, batch, run)
                return outcome
        except _Refused as refused:
            return Outcome(End.REFUSED, refused.command, refused.problem)

    def _submit(self, session: Session, batch: Batch, run: RoomRunRequest) -> None:
        try:
            self._runs.submit(session, batch, run)
        except Problem as problem:
            if run.command is None:
                raise
            raise _Refused(run.command, problem) from None


def _claim(session: Session, batch: Batch) -> Outcome:
    head = queries.advance(session, batch.room_id, len(batch.events), batch.expected, batch.due_at)
    return Outcome(End.MISSED if head is None else End.COMMITTED)


def _tell(group: list[Batch], outcomes: list[Outcome]) -> None:
    """Wake the loop once for the whole group."""

    def resolve() -> None:
        for batch, outcome in zip(group, outcomes, strict=True):
            if not batch.done.done():
                batch.done.set_result(outcome)

    loop = group[0].loop
    if not loop.is_closed():
        loop.call_soon_threadsafe(resolve)
