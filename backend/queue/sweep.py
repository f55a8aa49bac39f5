"""The sweep: runs whose executor gives no more sign of life are handed out again.

It runs in the service and not as a job of the queue: who sweeps must not depend on executors.
"""

import structlog

from backend.clock import Clock
from backend.queue.contract import Intake
from backend.watch import Watch, Words

log = structlog.get_logger(__name__)


class Sweep:
    """`start`, then `now` from any thread whenever there may be something to do, then `stop`."""

    def __init__(self, intake: Intake, clock: Clock, every: float) -> None:
        self._intake = intake
        self._clock = clock
        words = Words(log, "lost runs could not be looked for", "lost runs are looked for again")
        self._watch = Watch("sweep", self._sweep, words, every, every, rests=True)

    def start(self) -> None:
        self._watch.start()

    def now(self) -> None:
        self._watch.now()

    def stop(self, seconds: float) -> None:
        self._watch.stop(seconds)

    def _sweep(self) -> None:
        if again := self._intake.sweep(self._clock()):
            log.warning("runs whose executor was lost are queued again", runs=again)
