"""The service's side of the queue on Postgres: run row and job are one transaction."""

import json
from datetime import datetime

from procrastinate import App, SyncPsycopgConnector
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.bank import Bank
from backend.db import Database
from backend.models import Run
from backend.queue.lease import LOST

TASK = "judge"
GONE = (
    'The question "%s" has left the bank since you sent this, so it cannot be judged. That is our '
    "failure, not your code's."
)
_ADOPT = text("SELECT torchroom_adopt(CAST(:digests AS json), :message, clock_timestamp())")
_HAS_GPU = text("SELECT torchroom_is_served('gpu', clock_timestamp())")
_SWEEP = text(
    "SELECT torchroom_sweep(:redeliveries, :message, coalesce(:now, clock_timestamp()))"
).bindparams(message=LOST)


def queue_name(device: str, mode: str) -> str:
    """`cpu:run`, `cpu:submit`, `gpu:run`, `gpu:submit`."""
    return f"{device}:{mode}"


def priority(mode: str) -> int:
    """The highest is next, and of equals the one that came first."""
    return 1 if mode == "run" else 0


class PostgresIntake:
    def __init__(
        self, database: Database, redeliveries: int, *, callers_clock: bool = False
    ) -> None:
        """`callers_clock`: a test's time counts, and not the database's."""
        self._database = database
        self._redeliveries = redeliveries
        self._callers_clock = callers_clock
        self._to_adopt: str | None = None
        # Never opened: it only ever works on connections of ours.
        self._procrastinate = App(connector=SyncPsycopgConnector())

    def adopt(self, bank: Bank) -> None:
        """What was sent before is judged by the questions as they are now."""
        self._to_adopt = json.dumps({one.slug: one.digest for one in bank.questions})
        self._adopt()

    def _adopt(self) -> None:
        with self._database.write() as session:
            if session.scalar(_ADOPT, {"digests": self._to_adopt, "message": GONE}):
                self._to_adopt = None

    def put(self, session: Session, run: Run) -> None:
        device = run.device
        if device == "any":
            device = "gpu" if session.scalar(_HAS_GPU) else "cpu"
        job = self._procrastinate.configure_task(
            TASK,
            queue=queue_name(device, run.mode),
            priority=priority(run.mode),
            connection=session.connection().connection.driver_connection,
        )
        run.job_id = job.defer(run=run.id)
        session.add(run)
        session.flush()

    def wake(self) -> None:
        """The library's trigger has told all executors at the commit."""

    def sweep(self, now: datetime) -> int:
        if self._to_adopt is not None:
            # Somebody had a run of those in hand.
            self._adopt()
        values = {"redeliveries": self._redeliveries, "now": now if self._callers_clock else None}
        with self._database.write() as session:
            again = session.scalar(_SWEEP, values)
        assert isinstance(again, int)
        return again
