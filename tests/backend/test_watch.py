"""Looking after something now and then: an outage is told once, and followed by a hold."""

import threading
import time

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from structlog import get_logger
from structlog.testing import capture_logs

from backend import watch as module
from backend.watch import Watch, Words
from tests.backend.test_executor import until

AWAY = OperationalError("SELECT 1", {}, psycopg.OperationalError("connection refused"))
WORDS = Words(get_logger(), "it failed", "it goes on")


class Looking:
    """Fails as long as `error` is set."""

    def __init__(self, *, rests: bool = False) -> None:
        self.error: Exception | None = None
        self.looks = 0
        self.watch = Watch("test", self.look, WORDS, 0.01, 0.0, rests=rests)

    def look(self) -> None:
        self.looks += 1
        if self.error is not None:
            raise self.error


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLACK_SECONDS", 0.3)


def test_an_outage_is_a_line_at_its_start_and_one_at_its_end() -> None:
    looking = Looking()
    looking.error = AWAY
    with capture_logs() as logs:
        looking.watch.start()
        until(lambda: looking.looks > 20)
        looking.error = None
        until(lambda: len(logs) > 1)
        looking.watch.stop(5)
    told = [(one["event"], one["log_level"]) for one in logs]
    assert told == [("it failed", "warning"), ("it goes on", "info")]


def test_after_a_failure_it_is_held_for_a_while(hold: None) -> None:
    looking = Looking()
    looking.error = AWAY
    with capture_logs():
        looking.watch.start()
        until(lambda: looking.watch.is_held)
        looking.error = None
        before = looking.looks
        until(lambda: looking.looks > before + 3)
        assert looking.watch.is_held, "it looks, and knows that what it finds may mislead"
        until(lambda: not looking.watch.is_held)
        looking.watch.stop(5)


def test_one_that_rests_does_not_look_during_a_hold(hold: None) -> None:
    looking = Looking(rests=True)
    looking.error = AWAY
    with capture_logs() as logs:
        looking.watch.start()
        until(lambda: looking.watch.is_held)
        looking.error = None
        failed_at = time.monotonic()
        until(lambda: looking.looks == 2)
        assert time.monotonic() - failed_at > 0.2
        looking.watch.stop(5)
    assert [one["event"] for one in logs] == ["it failed", "it goes on"]


def test_it_looks_at_once_when_told_and_not_after_it_was_stopped() -> None:
    looked = threading.Event()
    watch = Watch("test", looked.set, WORDS, 60.0, 0.0)
    watch.start()
    assert not looked.wait(0.05)
    watch.now()
    assert looked.wait(5)
    looked.clear()
    watch.stop(5)
    assert not looked.is_set()
