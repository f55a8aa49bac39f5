"""Every question about executors that is put to the database by the service and its commands.

An executor itself asks none of these: its role may call functions only.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.orm import Session

from backend.models import QUEUED, RUNNING, Executor, Run

# By the database's clock, as leases are.
_NOW = func.clock_timestamp()
_ALL = select(
    Executor,
    (Executor.alive_until > _NOW).label("alive"),
    func.extract("epoch", _NOW - Executor.alive_until).label("silent"),
).order_by(Executor.name)
_UNDER_WAY = (
    select(
        Run.executor,
        Run.id,
        Run.question,
        Run.mode,
        func.extract("epoch", _NOW - Run.started_at).label("seconds"),
    )
    .where(Run.state == RUNNING, Run.executor.is_not(None))
    .order_by(Run.started_at)
)
_WAITING = (
    select(Run.device, Run.mode, func.count().label("runs"))
    .where(Run.state == QUEUED)
    .group_by(Run.device, Run.mode)
    .order_by(Run.device, Run.mode)
)
_DRAIN = (
    update(Executor)
    .where(Executor.name == bindparam("executor"))
    .values(drain=bindparam("wanted"))
    .returning(Executor.name)
    .execution_options(synchronize_session=False)
)
_NOTIFY = text("SELECT pg_notify('torchroom_fleet', '')")


def executors(session: Session) -> Sequence[Any]:
    """Rows (Executor, alive, silent): `silent` is seconds since it was to be heard of again, below
    zero where it is not overdue."""
    return session.execute(_ALL).all()


def under_way(session: Session) -> Sequence[Any]:
    """Rows (executor, id, question, mode, seconds), the longest first."""
    return session.execute(_UNDER_WAY).all()


def waiting(session: Session) -> Sequence[Any]:
    """Rows (device, mode, runs)."""
    return session.execute(_WAITING).all()


def set_drain(session: Session, name: str, wanted: bool) -> bool:
    """False where there is no such executor."""
    found = session.scalar(_DRAIN, {"executor": name, "wanted": wanted})
    session.execute(_NOTIFY)
    return found is not None


def forget(session: Session, role: str) -> None:
    session.execute(delete(Executor).where(Executor.role == role))
    session.execute(_NOTIFY)
