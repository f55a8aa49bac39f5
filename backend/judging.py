"""Who judges for this service: an executor in its own process, or executors elsewhere."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from backend import __version__
from backend.bank import Bank
from backend.clock import Clock
from backend.db import Database
from backend.executor import Executor
from backend.fleet.register import Fleet
from backend.post import Hears, Post
from backend.queue.contract import Intake
from backend.queue.embedded import EmbeddedQueue
from backend.queue.intake import PostgresIntake
from backend.queue.member import Member
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
        if self.executor is not None:
            self.executor.stop(seconds)
        for part in (self.queue, self.post, self.fleet, self.sweep):
            if part is not None:
                part.close(seconds) if isinstance(part, PostgresQueue) else part.stop(seconds)


@dataclass(frozen=True, slots=True)
class Means:
    """What judging needs of the service."""

    settings: Settings
    database: Database
    bank: Bank
    clock: Clock
    live: Live
    news: RoomNews


def arrange(means: Means, open_sandbox: OpenSandbox) -> Judging:
    """As the settings and the database want it."""
    if means.database.is_postgres:
        return _on_postgres(means, open_sandbox)
    settings = means.settings
    queue = EmbeddedQueue(
        means.database,
        settings.lease_seconds,
        settings.redeliveries,
        means.live,
        on_room=means.news.tell,
    )
    executor = Executor(
        queue, means.bank, open_sandbox, settings.slots, settings.lease_seconds, means.clock
    )
    return Judging(queue, Sweep(queue, means.clock, settings.lease_seconds / 3), executor)


def _on_postgres(means: Means, open_sandbox: OpenSandbox) -> Judging:
    settings = means.settings
    intake = PostgresIntake(means.database, settings.redeliveries)
    sweep = Sweep(intake, means.clock, settings.lease_seconds / 3)
    executor = queue = fleet = None
    adopt: Callable[[], None] = partial(intake.adopt, means.bank)
    if settings.executor == "here":
        own = replace(member(settings), alone=True)
        queue = PostgresQueue(means.database, own, settings.lease_seconds)
        executor = Executor(
            queue, means.bank, open_sandbox, settings.slots, settings.lease_seconds, means.clock
        )
    else:
        fleet = Fleet(means.database, settings.lease_seconds / 3)

    def look() -> None:
        sweep.now()
        if fleet is not None:
            fleet.look()

    def look_everywhere() -> None:
        look()
        means.live.stir_all()
        means.news.missed_something()

    hears: Hears = {
        "torchroom_run": means.live.stir,
        "torchroom_room": means.news.heard,
        "torchroom_fleet": lambda payload: look(),
    }
    post = Post(settings.database_url, hears, look_everywhere)
    return Judging(intake, sweep, executor, queue, fleet, post, adopt)


def member(settings: Settings) -> Member:
    """This process, as an executor."""
    host = socket.gethostname()
    device = "cpu" if settings.device == "cpu" else "gpu"
    return Member(settings.executor_name or host, host, __version__, device, settings.slots)
