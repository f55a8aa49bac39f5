"""Every question that the service asks the database about runs."""

from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from backend.models import QUEUED, Run, RunEvent


def get_run(session: Session, run_id: str) -> Run | None:
    return session.get(Run, run_id)


def run_by_idempotency_key(session: Session, key: str) -> Run | None:
    return session.scalar(select(Run).where(Run.idempotency_key == key))


def count_queued(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Run).where(Run.state == QUEUED)) or 0


def queue_position(session: Session, run: Run) -> int | None:
    """1 for the run that is next; None for one that no longer waits."""
    if run.state != QUEUED:
        return None
    ahead = or_(Run.rank < run.rank, and_(Run.rank == run.rank, Run.id < run.id))
    count = select(func.count()).select_from(Run).where(Run.state == QUEUED, ahead)
    return 1 + (session.scalar(count) or 0)


def events_after(session: Session, run_id: str, sequence: int) -> Sequence[RunEvent]:
    return session.scalars(
        select(RunEvent)
        .where(RunEvent.run_id == run_id, RunEvent.sequence > sequence)
        .order_by(RunEvent.sequence)
    ).all()
