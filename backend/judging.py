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
from backend.queue.contract import Intake
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


def embedded(
    settings: Settings,
    database: Database,
    bank: Bank,
    clock: Clock,
    live: Live,
    news: RoomNews,
    open_sandbox: OpenSandbox,
) -> Judging:
    """In this process, on SQLite."""
    lease, slots = settings.lease_seconds, settings.slots
    queue = EmbeddedQueue(database, lease, settings.redeliveries, live, on_room=news.tell)
    executor = Executor(queue, bank, open_sandbox, slots, lease, clock)
    return Judging(queue, Sweep(queue, clock, lease / 3), executor)


def on_postgres(
    settings: Settings,
    database: Database,
    bank: Bank,
    clock: Clock,
    live: Live,
    news: RoomNews,
    open_sandbox: OpenSandbox,
) -> Judging:
    """By whoever joins; by this process too, where the settings want it."""
    lease = settings.lease_seconds
    intake = PostgresIntake(database, settings.redeliveries)
    sweep = Sweep(intake, clock, lease / 3)
    executor = queue = fleet = None
    adopt: Callable[[], None] = partial(intake.adopt, bank)
    if settings.executor == "here":
        queue = PostgresQueue(database, member(settings, alone=True), lease)
        executor = Executor(queue, bank, open_sandbox, settings.slots, lease, clock)
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
    post = Post(settings.database_url, hears, look_everywhere)
    return Judging(intake, sweep, executor, queue, fleet, post, adopt)
