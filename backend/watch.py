"""A thread that looks after something now and then, and goes easy on it after an outage."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.trouble import Trouble

# Beside the time between two signs of life: one that is just connecting again.
SLACK_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Words:
    """What the log is told in whose name."""

    log: Any
    failed: str
    again: str


class Watch:
    """`start`, then `now` from any thread whenever there may be news, then `stop`.

    The first look is after `every` seconds, or at `now`. One that fails is followed by a hold: the
    database was away, so executors that live had no chance to say so, and nobody is taken for gone
    before each could.
    """

    def __init__(
        self,
        name: str,
        look: Callable[[], None],
        words: Words,
        every: float,
        beat_every: float,
        *,
        rests: bool = False,
    ) -> None:
        """`beat_every`: seconds between two signs of life. `rests`: not to look at all during a
        hold."""
        self._look = look
        self._words = words
        self._every = every
        self._hold_seconds = beat_every + SLACK_SECONDS
        self._rests = rests
        self._held_until = 0.0
        self._trouble = Trouble()
        self._now = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def is_held(self) -> bool:
        return time.monotonic() < self._held_until

    def start(self) -> None:
        self._thread.start()

    def now(self) -> None:
        self._now.set()

    def stop(self, seconds: float) -> None:
        self._stopping = True
        self._now.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        words = self._words
        while True:
            self._now.wait(self._every)
            self._now.clear()
            if self._stopping:
                return
            if self._rests and self.is_held:
                continue
            try:
                self._look()
            except Exception as error:
                self._trouble.log(words.log, words.failed, error)
                self._held_until = time.monotonic() + self._hold_seconds
            else:
                self._trouble.log_end(words.log, words.again)
