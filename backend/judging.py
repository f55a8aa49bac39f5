"""Who judges for this service: an executor in its own process, or executors elsewhere."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from backend.bank import Bank
from backend.clock import Clock
from backend.db import Database
from backend.executor import Executor
from backend.fleet.register import Fleet
from backend.post import Hears, Post
from backend.queue.contract import Intake, Queue
from backend.queue.embedded import EmbeddedQueue
from backend.queue.intake import PostgresIntake
from backend.queue.member import member
from backend.queue.postgres import PostgresQueue
from backend.queue.sweep import Sweep
from backend.room.rooms import RoomNews
from backend.runs.live import Live
from backend.settings import Settings
from backend.slots import HasStatus, OpenSandbox


@dataclass(frozen=True, slots=True)
class Judging:
    """`start` once the database is migrated, `stop` once."""

    intake: Intake
    sweep: Sweep
    executor: Executor | None = None
    queue: PostgresQueue | None = None
    """Where the executor takes its runs from, on Postgres."""
    fleet: Fleet | None = None
    post: Post | None = None
    adopt: Callable[[], None] = lambda: None
    """Makes what was sent before the start fit the questions that are there now."""

    @property
    def slots(self) -> HasStatus:
        """Who knows how the slots are."""
        found = self.executor or self.fleet
        assert found is not None
        return found

    def start(self) -> None:
        self.adopt()
        for part in (self.post, self.fleet, self.sweep):
            if part is not None:
                part.start()
        if self.queue is not None:
            self.queue.open()
        if self.executor is not None:
            self.executor.start()

    def stop(self, seconds: float) -> None:
        """All of it within `seconds`: a thread that hangs in the database is left behind."""
        deadline = time.monotonic() + seconds
        for part in (self.executor, self.queue, self.post, self.fleet, self.sweep):
            if part is not None:
                part.stop(max(0.0, deadline - time.monotonic()))


def arrange(
    settings: Settings,
    database: Database,
    bank: Bank,
    clock: Clock,
    live: Live,
    news: RoomNews,
    open_sandbox: OpenSandbox,
) -> Judging:
    """On SQLite this process judges; on Postgres whoever joins does, and this process too where the
    settings want it."""
    lease, slots = settings.lease_seconds, settings.slots

    def judge_from(queue: Queue) -> Executor:
        return Executor(queue, bank, open_sandbox, slots, lease, clock)

    if not database.is_postgres:
        own = EmbeddedQueue(database, lease, settings.redeliveries, live, on_room=news.tell)
        return Judging(own, Sweep(own, clock, lease / 3), judge_from(own))
    intake = PostgresIntake(database, settings.redeliveries)
    sweep = Sweep(intake, clock, lease / 3)
    queue = fleet = None
    if settings.executor == "here":
        queue = PostgresQueue(database, member(settings, alone=True), lease)
    else:
        fleet = Fleet(database, lease / 3)

    def look() -> None:
        sweep.now()
        if fleet is not None:
            fleet.look()

    def look_everywhere() -> None:
        look()
        live.stir_all()
        news.missed_something()

    hears: Hears = {
        "torchroom_run": live.stir,
        "torchroom_room": news.heard,
        "torchroom_fleet": lambda payload: look(),
    }
    return Judging(
        intake,
        sweep,
        judge_from(queue) if queue is not None else None,
        queue,
        fleet,
        Post(settings.database_url, hears, look_everywhere),
        partial(intake.adopt, bank),
    )
