"""The register as the service keeps it in mind: told of every change, and never misled by one."""

import queue
from collections.abc import Iterator

import pytest

from backend.db import Database
from backend.fleet import queries, register
from backend.fleet.register import Fleet
from backend.fleet.summary import DRAINED, NOBODY
from backend.slots import SlotStatus
from tests.attacks.executor import House
from tests.backend.fleet.test_listing import FAR, READY
from tests.backend.queues import Engine, after


class Watched:
    """A register, and all that it has told."""

    def __init__(self, database: Database) -> None:
        self.fleet = Fleet(database, 10)
        self.told: queue.Queue[SlotStatus] = queue.Queue()
        self.fleet.watch(self.told.put)
        self.fleet.start()

    def next(self) -> SlotStatus:
        self.fleet.look()
        return self.told.get(timeout=5)


@pytest.fixture
def watched(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setattr(register, "LOOK_SECONDS", 60.0)
    watched = Watched(engine.database)
    yield watched
    watched.fleet.stop(5)


def test_it_follows_an_executor_from_joining_to_leaving(engine: Engine, watched: Watched) -> None:
    assert watched.next() == SlotStatus("away", problem=NOBODY, executors=0)
    one = engine.executor("one", at=FAR)
    assert watched.next() == SlotStatus("starting", executors=1)
    one.beat(READY, [], after(FAR))
    ready = SlotStatus("ready", "docker", "2.13.0", slots=2, executors=1)
    assert watched.next() == ready
    assert watched.fleet.status == ready
    with engine.database.write() as session:
        queries.set_drain(session, "one", True)
    assert watched.next() == SlotStatus("away", problem=DRAINED, executors=1)
    one.leave()
    assert watched.next().problem == NOBODY


def test_one_that_is_silent_is_gone(engine: Engine, watched: Watched) -> None:
    assert watched.next().executors == 0
    one = engine.executor("one", at=FAR)
    assert watched.next().executors == 1
    one.beat(READY, [], after(0))
    assert watched.next().executors == 0


def test_one_that_talks_nonsense_takes_nothing_from_the_others(at: House, watched: Watched) -> None:
    assert watched.next().executors == 0
    at.engine.executor("one", at=FAR).beat(READY, [], after(FAR))
    assert watched.next().state == "ready"
    thief = at.thief()
    worker = thief.join("two")
    thief.ask('SELECT torchroom_beat(%s, \'{"state": "ready", "layers": 7}\', \'{}\', 30)', worker)
    found = watched.next()
    assert (found.state, found.executors, found.kind) == ("ready", 2, "process")
    thief.ask("SELECT torchroom_beat(%s, '{\"state\": [{}]}', '{}', 30)", worker)
    assert (watched.next().executors, watched.fleet.status.kind) == (1, "docker")
