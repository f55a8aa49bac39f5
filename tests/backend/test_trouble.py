"""What goes wrong again and again is said once, and then now and then."""

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog import get_logger
from structlog.testing import capture_logs

from backend import trouble as module
from backend.trouble import Trouble, is_away, is_busy, short

AWAY = OperationalError("SELECT 1", {}, psycopg.OperationalError("connection refused\n\tIs it up?"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_the_same_is_news_once_a_minute(clock: list[float]) -> None:
    trouble = Trouble()
    heard = []
    for second in range(200):
        clock[0] = 1000.0 + second
        if trouble.is_news("away"):
            heard.append(second)
    assert heard == [0, 60, 120, 180]


def test_another_is_news_at_once_and_so_is_the_same_after_all_was_well(clock: list[float]) -> None:
    trouble = Trouble()
    assert not trouble.over()
    assert trouble.is_news("away")
    assert trouble.is_news("refused")
    assert not trouble.is_news("refused")
    assert trouble.over()
    assert not trouble.over()
    assert trouble.is_news("refused")


def test_a_database_is_one_line_and_what_is_ours_has_a_traceback(clock: list[float]) -> None:
    trouble = Trouble()
    with capture_logs() as logs:
        for error in (AWAY, AWAY, KeyError("x"), KeyError("x")):
            trouble.log(get_logger(), "it failed", error)
    assert [(one["log_level"], one.get("problem")) for one in logs] == [
        ("warning", "connection refused"),
        ("error", None),
    ]
    assert isinstance(logs[1]["exc_info"], KeyError)


def test_of_many_attempts_it_is_said_why_the_server_refused() -> None:
    refused = '- host: b: FATAL:  password authentication failed for user "x"'
    said = f"connection failed: a\nMultiple attempts\n{refused}"
    assert short(OperationalError("", {}, psycopg.OperationalError(said))) == refused
    assert short(ValueError("one\ntwo")) == "one"
    assert short(ValueError()) == "ValueError"


def test_a_database_that_goes_in_many_words_is_still_one_outage(clock: list[float]) -> None:
    trouble = Trouble()
    with capture_logs() as logs:
        for second in range(100):
            clock[0] = 1000.0 + second
            for said in ("connection refused", "starting up", "terminating connection"):
                trouble.log(get_logger(), "it failed", wrapped(psycopg.OperationalError(said)))
            trouble.log(get_logger(), "it failed", PoolTimeout())
        trouble.log_end(get_logger(), "it goes on")
        trouble.log_end(get_logger(), "it goes on")
    assert [one["event"] for one in logs] == ["it failed", "it failed", "it goes on"]
    assert not any("exc_info" in one for one in logs)


def test_problems_that_take_turns_are_each_said_once(clock: list[float]) -> None:
    trouble = Trouble()
    heard = [one for _ in range(20) for one in ("away", "refused") if trouble.is_news(one)]
    assert heard == ["away", "refused"]


def wrapped(error: Exception, kind: type[DBAPIError] = OperationalError) -> DBAPIError:
    return kind("SELECT 1", {}, error)


@pytest.mark.parametrize(
    ("error", "away", "busy", "traceback"),
    [
        (wrapped(psycopg.errors.AdminShutdown("x")), True, False, False),
        (wrapped(psycopg.errors.DeadlockDetected("x")), False, True, False),
        (wrapped(psycopg.errors.LockNotAvailable("x")), False, True, False),
        (wrapped(psycopg.errors.UniqueViolation("x"), IntegrityError), False, False, True),
        (wrapped(sqlite3.OperationalError("disk I/O error")), False, False, True),
        (PoolTimeout(), True, False, False),
        (ValueError("x"), False, False, True),
    ],
)
def test_what_is_away_what_is_busy_and_what_is_ours(
    error: Exception, away: bool, busy: bool, traceback: bool
) -> None:
    assert (is_away(error), is_busy(error)) == (away, busy)
    with capture_logs() as logs:
        Trouble().log(get_logger(), "it failed", error)
    [line] = logs
    assert ("exc_info" in line) == traceback
