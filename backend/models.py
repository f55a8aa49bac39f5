"""The tables, as Python sees them. migrations/ makes them; a test holds the two together."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
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
        Index(None, "job_id", unique=True),
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
    room_id: Mapped[str | None] = mapped_column(ForeignKey("rooms.id"), index=True)
    """The room whose log is told how it ends; None for practice outside of rooms."""
    learner: Mapped[str | None] = mapped_column(String(64), index=True)
    """SHA-256 of the token by which a browser is known again; whose progress this counts for."""
    device: Mapped[str] = mapped_column(String(10), default="cpu", server_default="cpu")
    """Where it may be judged: cpu, gpu or any."""
    question_digest: Mapped[str | None] = mapped_column(String(64))
    """Of the question's folder when this was sent: an executor that has another leaves it alone."""
    executor: Mapped[str | None] = mapped_column(String(64))
    """Who works on it, or did last; empty where the service judges by itself."""
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    """Its job in procrastinate's table, on Postgres."""
    told_bytes: Mapped[int] = mapped_column(default=0, server_default="0")
    """How much executors elsewhere have told of it: what they may fill has an end."""


class RunEvent(Base):
    """What a run told while it went on, kept so that a later reader sees the same."""

    __tablename__ = "run_events"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(20))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class Executor(Base):
    """One that judges runs from the queue on Postgres. It writes this row through functions only:
    migrations/sql/0003_executors.sql."""

    __tablename__ = "executors"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    worker_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    """Of this life of it, as procrastinate counts workers."""
    role: Mapped[str] = mapped_column(String(64))
    """The role by which it is connected to the database."""
    host: Mapped[str] = mapped_column(String(255))
    version: Mapped[str] = mapped_column(String(20))
    device: Mapped[str] = mapped_column(String(10))
    slots: Mapped[int]
    status: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What it says of its slots: backend.slots.read_status."""
    drain: Mapped[bool]
    """It is to take no more runs."""
    joined_at: Mapped[datetime] = mapped_column(UtcTime)
    alive_until: Mapped[datetime] = mapped_column(UtcTime)
    """After this moment, without another sign of life, it counts as lost."""


class Room(Base):
    """What must be known of a room before its log is read; all else is in the log."""

    __tablename__ = "rooms"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    candidate_hash: Mapped[str] = mapped_column(String(64))
    interviewer_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the secret in each link; the secrets themselves are kept nowhere."""
    learner: Mapped[str | None] = mapped_column(String(64), index=True)
    head: Mapped[int] = mapped_column(default=0)
    """Sequence number of the last event. Whoever appends moves it, in the same transaction."""
    due_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
    """When the clock or the scripted interviewer has something to do next; None: not by itself."""


class Replica(Base):
    """A process of the service that shares the rooms on Postgres with others."""

    __tablename__ = "replicas"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    """When it last said that it is there, by the database's clock."""


class RoomEvent(Base):
    """One thing that happened in a room. Never changed, never taken out: triggers see to it."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "room_id", "key", unique=True),)

    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3, … without a gap."""
    at: Mapped[datetime] = mapped_column(UtcTime)
    author: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(12))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str | None] = mapped_column(String(64))
    """What the client called its request, so that one sent twice is carried out once."""
