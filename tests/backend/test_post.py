"""Notices of a real Postgres: heard, and not missed for good where the connection was lost."""

import os
import queue
import signal
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from backend import post as posts
from backend.db import WATCHED, Database, connection_arguments
from backend.post import Post

# As procrastinate calls its channels: neither is a plain name.
CHANNEL = "procrastinate_queue_v1#cpu:run"
Connection = psycopg.Connection[tuple[object, ...]]
GAP = "gap"


class Listener:
    """A Post, and what it has heard, in order."""

    def __init__(self, url: str) -> None:
        self.heard: queue.Queue[str] = queue.Queue()
        hears: dict[str, Callable[[str], None]] = {
            CHANNEL: self.heard.put,
            "other": lambda payload: self.heard.put(f"other {payload}"),
            "raises": self._break,
        }
        self.post = Post(url, hears, lambda: self.heard.put(GAP))

    def _break(self, payload: str) -> None:
        raise RuntimeError(payload)

    def next(self, seconds: float = 10) -> str:
        return self.heard.get(timeout=seconds)


@pytest.fixture
def listener(postgres_url: str) -> Iterator[Listener]:
    listener = Listener(postgres_url)
    listener.post.start()
    assert listener.next() == GAP
    yield listener
    listener.post.stop(2)


@pytest.fixture
def speaker(postgres_url: str) -> Iterator[Connection]:
    with psycopg.connect(**connection_arguments(postgres_url), autocommit=True) as connection:
        yield connection


def notify(speaker: Connection, payload: str, channel: str = CHANNEL) -> None:
    speaker.execute("SELECT pg_notify(%s, %s)", (channel, payload))


def hang_up(speaker: Connection) -> None:
    speaker.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )


def test_what_is_said_is_heard_on_its_channel(listener: Listener, speaker: Connection) -> None:
    for number in range(50):
        notify(speaker, f"n {number}")
    assert [listener.next() for _ in range(50)] == [f"n {number}" for number in range(50)]
    notify(speaker, "x", "other")
    assert listener.next() == "other x"
    assert listener.post.connected


def test_a_lost_connection_is_a_gap_and_then_all_goes_on(
    listener: Listener, speaker: Connection
) -> None:
    for _ in range(2):
        hang_up(speaker)
        assert listener.next() == GAP
        assert listener.post.connected
        notify(speaker, "again")
        assert listener.next() == "again"


def test_one_who_hears_and_raises_takes_nothing_from_the_others(
    listener: Listener, speaker: Connection
) -> None:
    notify(speaker, "oh", "raises")
    notify(speaker, "still here")
    assert listener.next() == "still here"
    assert listener.heard.empty(), "no gap: it is the same connection"


def test_a_silent_server_is_asked_for_a_word(
    postgres_url: str,
    speaker: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(posts, "SILENCE_SECONDS", 0.1)
    listener = Listener(postgres_url)
    listener.post.start()
    assert listener.next() == GAP
    time.sleep(0.5)
    notify(speaker, "after the silence")
    assert listener.next() == "after the silence"
    asked = speaker.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT 1' AND pid <> pg_backend_pid()"
        " AND datname = current_database()"
    ).fetchone()
    assert asked == (1,)
    listener.post.stop(1)
    assert listener.heard.empty(), "it was not taken for dead"


def test_a_server_that_answers_no_more_is_left_for_a_new_connection(
    postgres_url: str,
    speaker: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(posts, "SILENCE_SECONDS", 0.3)
    listener = Listener(postgres_url)
    listener.post.start()
    assert listener.next() == GAP
    found = speaker.execute(
        "SELECT pid FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND datname = current_database()"
    ).fetchone()
    assert found is not None
    # It stays connected and says nothing, as a network does that was cut.
    os.kill(int(str(found[0])), signal.SIGSTOP)
    try:
        assert listener.next(3) == GAP
        notify(speaker, "over the new one")
        assert listener.next() == "over the new one"
    finally:
        os.kill(int(str(found[0])), signal.SIGCONT)
    listener.post.stop(1)


def test_it_stops_at_once(listener: Listener) -> None:
    began = time.monotonic()
    listener.post.stop(5)
    assert time.monotonic() - began < 1
    assert not listener.post.connected


def test_a_server_that_is_away_is_waited_for(postgres_url: str, speaker: Connection) -> None:
    name = make_url(postgres_url).database
    away = sql.Identifier(f"{name}_away")
    listener = Listener(postgres_url.replace(f"/{name}", f"/{name}_away"))
    listener.post.start()
    time.sleep(0.3)
    assert not listener.post.connected
    speaker.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(away))
    try:
        assert listener.next() == GAP
        assert listener.post.connected
    finally:
        listener.post.stop(2)
        speaker.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(away))


def test_one_that_never_connects_stops_at_once(postgres_url: str) -> None:
    listener = Listener(postgres_url.replace("/test_", "/no_test_"))
    listener.post.start()
    time.sleep(0.3)
    began = time.monotonic()
    listener.post.stop(5)
    assert time.monotonic() - began < 1


def test_one_that_never_started_stops() -> None:
    Listener("postgresql+psycopg://nobody@/nothing").post.stop(1)


def test_every_connection_is_watched() -> None:
    url = f"postgresql+psycopg://me:a%40b@db:6543/torchroom?host={quote('/x y', safe='')}"
    arguments = connection_arguments(f"{url}&tcp_user_timeout=9")
    assert arguments["password"] == "a@b"
    assert arguments["host"] == "/x y"
    assert arguments["dbname"] == "torchroom"
    assert {**WATCHED, "tcp_user_timeout": "9"}.items() <= arguments.items()


def test_the_engine_is_watched_too(postgres_url: str) -> None:
    database = Database(f"{postgres_url}&keepalives_idle=7")
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        told = driver.info.get_parameters()
    database.close()
    assert told["keepalives_idle"] == "7"
    assert told["tcp_user_timeout"] == str(WATCHED["tcp_user_timeout"])
    assert told["connect_timeout"] == str(WATCHED["connect_timeout"])


def test_a_connection_that_comes_back_after_the_end_is_closed(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        database.close()
        assert not driver.closed
    assert driver.closed
