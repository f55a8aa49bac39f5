"""Both engines of the queue, for tests that hold for either. Time is passed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.db import Database
from backend.models import QUEUED, Run
from backend.queue.contract import Intake, Queue
from backend.queue.embedded import EmbeddedQueue
from backend.queue.intake import PostgresIntake
from backend.queue.lease import MODES, Ending, Lease, rank
from backend.queue.member import Member
from backend.queue.postgres import PostgresQueue
from backend.runs.live import Live
from sandbox.verdict import Verdict

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
VERDICT = Verdict("passed", 0, 0, 0.0, "submit", "none", "", None, None, []).to_json()
STATUS: dict[str, Any] = {"state": "ready"}
LEASE_SECONDS = 30


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@dataclass
class Engine:
    """One engine on one database: where runs are put, and executors that take them."""

    database: Database
    intake: Intake
    one_process: EmbeddedQueue | None = None
    queues: list[PostgresQueue] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    """Rooms of which the embedded engine said that something was noted in their log."""

    def executor(self, name: str = "one", at: float = 0, device: str = "cpu") -> Queue:
        """One that has joined. The embedded engine has a single one, in its own process."""
        if self.one_process is not None:
            queue: Queue = self.one_process
        else:
            member = Member(name, "host", "0", device, 2)
            queue = PostgresQueue(self.database, member, LEASE_SECONDS, callers_clock=True)
            queue.open()
            self.queues.append(queue)
        queue.join(after(at))
        return queue

    def put(self, name: str, mode: str = "submit", at: float = 0, **fields: Any) -> None:
        run = Run(
            id=name,
            mode=mode,
            state=QUEUED,
            code="x",
            code_sha256="0" * 64,
            created_at=after(at),
            rank=rank(mode, after(at)),
            **({"question": "scale-rows", "device": "cpu"} | fields),
        )
        with self.database.write() as session:
            self.intake.put(session, run)
        self.intake.wake()

    def row(self, name: str) -> Run:
        with self.database.read() as session:
            return session.get_one(Run, name)


@contextmanager
def engine_on(database: Database) -> Iterator[Engine]:
    """SQLite's engine or Postgres's, as the database is."""
    if database.is_postgres:
        engine = Engine(database, PostgresIntake(database, 2, callers_clock=True))
    else:
        noted: list[str] = []
        queue = EmbeddedQueue(database, LEASE_SECONDS, 2, Live(), on_room=noted.append)
        engine = Engine(database, queue, queue, noted=noted)
    yield engine
    for one in engine.queues:
        one.stop(2)


def claim(queue: Queue, at: float = 0, modes: tuple[str, ...] = MODES) -> Lease:
    lease = queue.claim(after(at), modes)
    assert lease is not None
    return lease


def finish(queue: Queue, lease: Lease, at: float, *kinds: str) -> bool:
    """End it with a verdict, after events of these kinds."""
    with queue.story(lease) as story:
        for kind in kinds:
            queue.tell(story, kind, {"kind": kind})
        return queue.end(story, Ending(VERDICT), after(at))


def fail(queue: Queue, lease: Lease, at: float) -> bool:
    with queue.story(lease) as story:
        return queue.end(story, Ending(None, "We failed."), after(at))
