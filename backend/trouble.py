"""What goes wrong again and again is said once, and then now and then: a database that is away for
an hour must not fill the log."""

import sqlite3
import threading
import time
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

AGAIN_SECONDS = 60.0

# Postgres's own codes: deadlock_detected, lock_not_available.
_BUSY = ("40P01", "55P03")
_DENIED = "42501"


class Trouble:
    """From any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said_at: dict[str, float] = {}

    def is_news(self, problem: str) -> bool:
        """Whether this is to be said: it was not within the last minute, unless all was well since.

        Two that take turns are each said once, not at every turn.
        """
        with self._lock:
            now = time.monotonic()
            if now - self._said_at.get(problem, float("-inf")) < AGAIN_SECONDS:
                return False
            self._said_at = {
                one: at for one, at in self._said_at.items() if now - at < AGAIN_SECONDS * 2
            }
            self._said_at[problem] = now
            return True

    def over(self) -> bool:
        """All is well; whether it was not before."""
        with self._lock:
            was = bool(self._said_at)
            self._said_at = {}
            return was

    def log(self, log: Any, event: str, error: Exception, **fields: Any) -> None:
        """Where it is news. A database that does not answer is one line, however it says so;
        anything else is ours and comes with its traceback."""
        if is_away(error):
            if self.is_news(f"{event}: away"):
                log.warning(event, problem=short(error), **fields)
        elif self.is_news(f"{event}: {short(error)}"):
            if is_busy(error) or _state(error) == _DENIED:
                log.warning(event, problem=short(error), **fields)
            else:
                log.error(event, exc_info=error, **fields)

    def log_end(self, log: Any, event: str) -> None:
        """All is well, which is said where it was not before."""
        if self.over():
            log.info(event)


def is_away(error: Exception) -> bool:
    """Whether the database does not answer. SQLite is a file of ours: what fails there is no
    server that is away."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError) or isinstance(error.orig, sqlite3.Error):
        return False
    lost = isinstance(error, OperationalError) or error.connection_invalidated
    return lost and not is_busy(error)


def is_busy(error: Exception) -> bool:
    """Whether others were at the same rows: the same again, a moment later, goes well."""
    return _state(error) in _BUSY


def _state(error: Exception) -> str | None:
    """Postgres's code of what went wrong."""
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None


def short(error: Exception) -> str:
    """What a driver or server said, in one line: of several attempts to connect, why the server
    refused, where it did."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    lines = [line.strip() for line in said.splitlines()] or [type(error).__name__]
    return next((line for line in lines if "FATAL" in line), lines[0])
