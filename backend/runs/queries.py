"""Every question that the service asks the database about runs.

Statements are made once: building one costs more than SQLite takes to answer it.
"""

from collections.abc import Sequence

from sqlalchemy import String, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from backend.models import QUEUED, Run, RunEvent

_BY_KEY = select(Run).where(Run.idempotency_key == bindparam("key"))
_QUEUED = select(func.count()).select_from(Run).where(Run.state == QUEUED)
# Whatever may be judged where this one may. Of one that any device can judge that is everything: it
# is at most so far behind.
_DEVICE = bindparam("device", type_=String)
_AHEAD = _QUEUED.where(
    or_(_DEVICE == "any", Run.device.in_(("any", _DEVICE))),
    or_(
        Run.rank < bindparam("rank"),
        and_(Run.rank == bindparam("rank"), Run.id < bindparam("id")),
    ),
)
_EVENTS = (
    select(RunEvent)
    .where(RunEvent.run_id == bindparam("run_id"), RunEvent.sequence > bindparam("after"))
    .order_by(RunEvent.sequence)
)


def get_run(session: Session, run_id: str) -> Run | None:
    return session.get(Run, run_id)


def run_by_idempotency_key(session: Session, key: str) -> Run | None:
    return session.scalar(_BY_KEY, {"key": key})


def count_queued(session: Session) -> int:
    return session.scalar(_QUEUED) or 0


def queue_position(session: Session, run: Run) -> int | None:
    """1 for the run that is next for its device; None for one that no longer waits."""
    if run.state != QUEUED:
        return None
    values = {"rank": run.rank, "id": run.id, "device": run.device}
    return 1 + (session.scalar(_AHEAD, values) or 0)


def events_after(session: Session, run_id: str, after: int) -> Sequence[RunEvent]:
    return session.scalars(_EVENTS, {"run_id": run_id, "after": after}).all()
