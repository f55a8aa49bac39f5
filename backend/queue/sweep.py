"""The sweep: runs whose executor gives no more sign of life are handed out again.

It runs in the service and not as a job of the queue: who sweeps must not depend on executors.
"""

import threading

import structlog

from backend.clock import Clock
from backend.queue.contract import Intake

log = structlog.get_logger(__name__)


class Sweep:
    """`start`, then `now` from any thread whenever there may be something to do, then `stop`."""

    def __init__(self, intake: Intake, clock: Clock, every: float) -> None:
        self._intake = intake
        self._clock = clock
        self._every = every
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
        while not self._stopping:
            self._now.wait(self._every)
            self._now.clear()
            try:
                if not self._stopping and (again := self._intake.sweep(self._clock())):
                    log.warning("runs whose executor was lost are queued again", runs=again)
            except Exception as error:
                log.error("lost runs could not be looked for", exc_info=error)
