"""What goes wrong again and again is said once, and then now and then: a database that is away for
an hour must not fill the log."""

import threading
import time
from typing import Any

from sqlalchemy.exc import DBAPIError

AGAIN_SECONDS = 60.0


class Trouble:
    """From any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._problem: str | None = None
        self._said_at = 0.0

    def is_news(self, problem: str) -> bool:
        """Whether this is to be said: it is another problem than the last, or one that lasts."""
        with self._lock:
            now = time.monotonic()
            if problem == self._problem and now - self._said_at < AGAIN_SECONDS:
                return False
            self._problem, self._said_at = problem, now
            return True

    def over(self) -> bool:
        """All is well; whether it was not before."""
        with self._lock:
            was = self._problem is not None
            self._problem = None
            return was

    def log(self, log: Any, event: str, error: Exception) -> None:
        """Where it is news. A database that does not answer is one line, anything else is ours and
        comes with its traceback."""
        problem = short(error)
        if self.is_news(f"{event}: {problem}"):
            if isinstance(error, DBAPIError):
                log.warning(event, problem=problem)
            else:
                log.error(event, exc_info=error)


def short(error: Exception) -> str:
    """What a driver or server said, in one line: of several attempts to connect, why the server
    refused, where it did."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    lines = [line.strip() for line in said.splitlines()] or [type(error).__name__]
    return next((line for line in lines if "FATAL" in line), lines[0])
