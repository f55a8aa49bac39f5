"""The sweep: runs whose executor gives no more sign of life are handed out again.

It runs in the service and not as a job of the queue: who sweeps must not depend on executors.
"""

import threading
import time

import structlog

from backend.clock import Clock
from backend.queue.contract import Intake
from backend.trouble import Trouble

log = structlog.get_logger(__name__)


# Beside the time between two signs of life: one that is just connecting again.
SLACK_SECONDS = 3.0


class Sweep:
    """`start`, then `now` from any thread whenever there may be something to do, then `stop`."""

    def __init__(self, intake: Intake, clock: Clock, every: float) -> None:
        self._intake = intake
        self._clock = clock
        self._every = every
        self._held_until = 0.0
        self._now = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._sweep, name="sweep", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def now(self) -> None:
        self._now.set()

    def stop(self, seconds: float) -> None:
        self._stopping = True
        self._now.set()
        self._thread.join(seconds)

    def _sweep(self) -> None:
        trouble = Trouble()
        while not self._stopping:
            self._now.wait(self._every)
            self._now.clear()
            if self._stopping or time.monotonic() < self._held_until:
                continue
            try:
                if again := self._intake.sweep(self._clock()):
                    log.warning("runs whose executor was lost are queued again", runs=again)
                trouble.over()
            except Exception as error:
                trouble.log(log, "lost runs could not be looked for", error)
                # The database was away, so executors that live had no chance to say so: nobody is
                # taken for lost before each could.
                self._held_until = time.monotonic() + self._every + SLACK_SECONDS
