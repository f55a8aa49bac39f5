"""The register of executors, as the service keeps it in mind: read anew every two seconds, and at
once when somebody says that it has changed."""

from collections.abc import Callable

import structlog

from backend.db import Database
from backend.fleet import queries
from backend.fleet.summary import summarize
from backend.slots import SlotStatus, read_status
from backend.watch import Watch, Words

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0


class Fleet:
    """`start`, then `look` from any thread, then `stop`; `status` at any time."""

    def __init__(self, database: Database, beat_every: float) -> None:
        self._database = database
        self._status = SlotStatus("starting")
        self._on_status: Callable[[SlotStatus], None] | None = None
        words = Words(log, "the executors could not be looked up", "the executors are known again")
        self._watch = Watch("fleet", self._take, words, LOOK_SECONDS, beat_every)

    @property
    def status(self) -> SlotStatus:
        return self._status

    def watch(self, on_status: Callable[[SlotStatus], None]) -> None:
        """Be told of every change of `status`."""
        self._on_status = on_status

    def start(self) -> None:
        self._watch.now()
        self._watch.start()

    def look(self) -> None:
        self._watch.now()

    def stop(self, seconds: float) -> None:
        self._watch.stop(seconds)

    def _take(self) -> None:
        status = self._read()
        fewer = (status.executors or 0) < (self._status.executors or 0)
        if status == self._status or (fewer and self._watch.is_held):
            return
        self._status = status
        if self._on_status is not None:
            self._on_status(status)

    def _read(self) -> SlotStatus:
        with self._database.read() as session:
            alive = [row.Executor for row in queries.executors(session) if row.alive]
        taking = [read_status(one.status, one.slots) for one in alive if not one.drain]
        return summarize(taking, drained=len(alive) - len(taking))
