"""What a reader is told of a run that is judged elsewhere: by its rows, stored in lumps."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from backend.db import Database
from backend.queue.lease import DELIVERY_STRIDE
from backend.queue.postgres import GATHER_SECONDS
from backend.runs import queries, stream
from backend.runs.live import Live
from tests.backend.queues import Engine, after, claim, engine_on, finish
from tests.backend.talk import Told, parse

FIRST, SECOND = DELIVERY_STRIDE, 2 * DELIVERY_STRIDE


@pytest.fixture
def engine(migrated_postgres_url: str) -> Iterator[Engine]:
    database = Database(migrated_postgres_url)
    with engine_on(database) as engine:
        yield engine
    database.close()


class Reader:
    """A stream of which one piece is read at a time; a notice comes when it is called."""

    def __init__(self, engine: Engine, last: int = 0) -> None:
        self._live = Live()
        self._pieces = stream.follow(engine.database, self._live, "a", last)

    async def next(self) -> list[Told]:
        """What the next piece says that says anything."""
        async for piece in self._pieces:
            if told := parse(piece):
                return told
        return []

    async def hear(self) -> list[Told]:
        waiting = asyncio.ensure_future(self.next())
        while not waiting.done():
            self._live.stir_all()
            await asyncio.sleep(0.01)
        return waiting.result()


def about(told: list[Told]) -> list[tuple[int, object]]:
    return [(one.id, one.data.get("state") or one.event) for one in told]


def test_that_it_runs_is_told_before_its_executor_has_stored_anything(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("a")

    async def read() -> None:
        reader = Reader(engine)
        assert about(await reader.next()) == [(FIRST // 2, "queued")]
        lease = claim(queue)
        assert about(await reader.hear()) == [(FIRST + 1, "running")]
        # Its own word of that comes with all the rest, and is not repeated.
        assert finish(queue, lease, 1, "state", "case")
        assert about(await reader.hear()) == [
            (FIRST + 2, "case"),
            (SECOND - 1, "finished"),
        ]
        assert await reader.hear() == []

    asyncio.run(read())


def test_who_comes_late_is_told_the_same(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("a")
    assert finish(queue, claim(queue), 1, "state", "case")

    async def read(last: int) -> list[tuple[int, object]]:
        return about(await Reader(engine, last).next())

    whole: list[tuple[int, object]] = [
        (FIRST + 1, "state"),
        (FIRST + 2, "case"),
        (SECOND - 1, "finished"),
    ]
    assert asyncio.run(read(0)) == whole
    assert asyncio.run(read(FIRST + 1)) == whole[1:]
    assert asyncio.run(read(SECOND - 1)) == []


def test_a_run_that_was_lost_is_told_to_wait_and_to_run_again(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("a")
    lost = claim(queue)

    async def read() -> None:
        reader = Reader(engine)
        assert about(await reader.next()) == [(FIRST + 1, "running")]
        assert engine.intake.sweep(after(31)) == 1
        (told,) = await reader.hear()
        assert told.id == FIRST + FIRST // 2
        assert (told.data["state"], told.data["losses"]) == ("queued", 1)
        again = claim(queue, at=32)
        assert about(await reader.hear()) == [(SECOND + 1, "running")]
        assert not finish(queue, lost, 33, "case")
        assert finish(queue, again, 34)
        assert about(await reader.hear()) == [(SECOND + FIRST - 1, "finished")]

    asyncio.run(read())


def test_that_it_runs_is_not_sent_by_itself(engine: Engine) -> None:
    """Most runs are over before another word of theirs is sent, and this one is in the row."""
    queue = engine.executor()
    engine.put("a")
    engine.put("b", at=1)

    def stored(name: str) -> int:
        with engine.database.read() as session:
            return len(queries.events_after(session, name, 0))

    with queue.story(claim(queue)) as first, queue.story(claim(queue)) as second:
        queue.tell(first, "state", {})
        queue.tell(second, "state", {})
        queue.tell(second, "case", {})
        until = time.monotonic() + 10
        while stored("b") < 2:
            assert time.monotonic() < until
            time.sleep(0.01)
        time.sleep(3 * GATHER_SECONDS)
        assert stored("a") == 0
