"""The register of executors, as the service keeps it in mind: read anew every two seconds, and at
once when somebody says that it has changed."""

import threading
import time
from collections.abc import Callable

import structlog

from backend.db import Database
from backend.fleet import queries
from backend.fleet.summary import summarize
from backend.slots import SlotStatus, read_status
from backend.trouble import Trouble

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0
# Beside the time between two signs of life: one that is just connecting again.
SLACK_SECONDS = 3.0


class Fleet:
    """`start`, then `look` from any thread, then `stop`; `status` at any time."""

    def __init__(self, database: Database, beat_every: float) -> None:
        self._database = database
        self._hold_seconds = beat_every + SLACK_SECONDS
        self._held_until = 0.0
        self._trouble = Trouble()
        self._status = SlotStatus("starting")
        self._on_status: Callable[[SlotStatus], None] | None = None
        self._now = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._watch, name="fleet", daemon=True)

    @property
    def status(self) -> SlotStatus:
        return self._status

    def watch(self, on_status: Callable[[SlotStatus], None]) -> None:
        """Be told of every change of `status`."""
        self._on_status = on_status

    def start(self) -> None:
        self._thread.start()

    def look(self) -> None:
        self._now.set()

    def stop(self, seconds: float) -> None:
        self._stopping = True
        self._now.set()
        self._thread.join(seconds)

    def _watch(self) -> None:
        while not self._stopping:
            try:
                status = self._read()
            except Exception as error:
                self._trouble.log(log, "the executors could not be looked up", error)
                # Executors that live had no chance to say so, and are not said to be gone before
                # each could.
                self._held_until = time.monotonic() + self._hold_seconds
            else:
                self._trouble.over()
                self._take(status)
            self._now.wait(LOOK_SECONDS)
            self._now.clear()

    def _take(self, status: SlotStatus) -> None:
        fewer = (status.executors or 0) < (self._status.executors or 0)
        if status == self._status or (fewer and time.monotonic() < self._held_until):
            return
        self._status = status
        if self._on_status is not None:
            self._on_status(status)

    def _read(self) -> SlotStatus:
        with self._database.read() as session:
            alive = [row.Executor for row in queries.executors(session) if row.alive]
        taking = [read_status(one.status, one.slots) for one in alive if not one.drain]
        return summarize(taking, drained=len(alive) - len(taking))
