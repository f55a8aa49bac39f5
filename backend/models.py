"""The tables, as Python sees them. migrations/ makes them; a test holds the two together."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    MetaData,
    String,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

QUEUED, RUNNING, FINISHED, OUR_FAILURE = "queued", "running", "finished", "our_failure"


class UtcTime(TypeDecorator[datetime]):
    """An aware moment in UTC. SQLite forgets the zone, so it is taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        assert value.tzinfo is not None, "a moment without a zone is not a moment"
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


class Run(Base):
    """One text of a candidate, judged or waiting to be."""

    __tablename__ = "runs"
    __table_args__ = (
        CheckConstraint("mode IN ('run', 'submit')", name="mode"),
        CheckConstraint("state IN ('queued', 'running', 'finished', 'our_failure')", name="state"),
        Index(None, "state", "rank", "id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    question: Mapped[str] = mapped_column(String(100))
    mode: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(SqlText)
    code_sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    rank: Mapped[float] = mapped_column(Double)
    """Its place in the queue: the lowest is next."""
    delivery: Mapped[int] = mapped_column(default=0)
    """How often it has been given to an executor."""
    losses: Mapped[int] = mapped_column(default=0)
    """How often its executor was lost while it worked on it."""
    lease_token: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None] = mapped_column(UtcTime)
    idempotency_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    verdict: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    failure: Mapped[str | None] = mapped_column(SqlText)


class RunEvent(Base):
    """What a run told while it went on, kept so that a later reader sees the same."""

    __tablename__ = "run_events"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(20))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
