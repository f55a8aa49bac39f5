"""Every question that the service asks the database about rooms and their logs.

Statements are made once: building one costs more than SQLite takes to answer it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Text as SqlText
from sqlalchemy import bindparam, cast, insert, select, text, update
from sqlalchemy.orm import Session

from backend.models import Base, Room, RoomEvent, UtcTime

# Tables and not classes: every edit goes through here, and the bookkeeping that the ORM does for
# an UPDATE costs several times what SQLite takes to carry it out.
_rooms = Base.metadata.tables["rooms"]
_ADVANCE = (
    update(_rooms)
    .where(_rooms.c.id == bindparam("room"))
    .values(head=_rooms.c.head + bindparam("count"), due_at=bindparam("due", type_=UtcTime))
    .returning(_rooms.c.head)
)
_ADVANCE_FROM = _ADVANCE.where(_rooms.c.head == bindparam("expected"))
_INSERT = insert(Base.metadata.tables["events"])
_COLUMNS = (
    RoomEvent.seq,
    RoomEvent.at,
    RoomEvent.author,
    RoomEvent.kind,
    RoomEvent.body,
    RoomEvent.key,
)
_IN_ORDER = (
    select(*_COLUMNS)
    .where(
        RoomEvent.room_id == bindparam("room"),
        RoomEvent.seq > bindparam("after"),
        RoomEvent.seq <= bindparam("until"),
    )
    .order_by(RoomEvent.seq)
)
_WITHOUT = _IN_ORDER.where(RoomEvent.kind.not_in(("edit", "cursor")))
_AS_STORED = (
    select(
        RoomEvent.seq,
        RoomEvent.at,
        RoomEvent.author,
        RoomEvent.kind,
        cast(RoomEvent.body, SqlText),
    )
    .where(RoomEvent.room_id == bindparam("room"), RoomEvent.seq > bindparam("after"))
    .order_by(RoomEvent.seq)
)
_LAST_AT = select(RoomEvent.at).where(
    RoomEvent.room_id == bindparam("room"), RoomEvent.seq == bindparam("seq")
)
_DUE = (
    select(Room.id, Room.due_at)
    .where(Room.due_at <= bindparam("now", type_=UtcTime))
    .order_by(Room.due_at)
    .limit(500)
)
_DUE_AT = select(Room.due_at).where(Room.id == bindparam("room"))
# Of Postgres alone. The time is that of the database: the clocks of two hosts need not agree.
_ANNOUNCE = text(
    "SELECT pg_notify('torchroom_room', room || ' ' || CAST(:by AS text)) "
    "FROM unnest(CAST(:rooms AS text[])) AS room"
)
_RENEW = text(
    "INSERT INTO replicas (name, seen_at) VALUES (:name, clock_timestamp()) "
    "ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at"
)
_THERE = text(
    "SELECT name FROM replicas WHERE seen_at > clock_timestamp() - make_interval(secs => :seconds)"
)
_REMOVE = text("DELETE FROM replicas WHERE name = :name")
_FORGET = text("DELETE FROM replicas WHERE seen_at < clock_timestamp() - interval '1 day'")

WHOLE_LOG = 2**31 - 1


def get_room(session: Session, room_id: str) -> Room | None:
    return session.get(Room, room_id)


def advance(
    session: Session, room_id: str, count: int, expected: int | None, due_at: datetime | None
) -> int | None:
    """Claim the next `count` numbers; the new head, or None where it was not `expected`."""
    values = {"room": room_id, "count": count, "due": due_at}
    connection = session.connection()
    if expected is None:
        return connection.execute(_ADVANCE, values).scalar()
    return connection.execute(_ADVANCE_FROM, values | {"expected": expected}).scalar()


def insert_events(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    session.connection().execute(_INSERT, rows)


def last_at(session: Session, room_id: str, seq: int) -> datetime | None:
    return session.scalar(_LAST_AT, {"room": room_id, "seq": seq})


def events_between(
    session: Session, room_id: str, after: int, until: int = WHOLE_LOG, *, typing: bool = True
) -> Sequence[Any]:
    """Rows (seq, at, author, kind, body, key) with after < seq <= until, in order; edits and
    cursors are left out where `typing` is False."""
    statement = _IN_ORDER if typing else _WITHOUT
    # Straight to the connection: these are rows, and what a session does with rows costs as much
    # again as reading them.
    values = {"room": room_id, "after": after, "until": until}
    return session.connection().execute(statement, values).all()


def stored_events(session: Session, room_id: str, after: int) -> Sequence[Any]:
    """Rows (seq, at, author, kind, body) of the events behind `after`, the body as JSON text."""
    return session.connection().execute(_AS_STORED, {"room": room_id, "after": after}).all()


def due_rooms(session: Session, now: datetime) -> Sequence[tuple[str, datetime]]:
    """(room, since when it is due), the longest due first."""
    return [(found.id, found.due_at) for found in session.execute(_DUE, {"now": now})]


def due_at(session: Session, room_id: str) -> datetime | None:
    return session.scalar(_DUE_AT, {"room": room_id})


def announce(session: Session, rooms: Collection[str], by: str) -> None:
    """Tell every replica, once this is committed, that these rooms' logs have grown; `by`: the
    replica whose doing it is, which knows already, or "-"."""
    connection = session.connection()
    if rooms and connection.dialect.name == "postgresql":
        connection.execute(_ANNOUNCE, {"rooms": list(rooms), "by": by})


def renew_replica(session: Session, name: str) -> None:
    session.execute(_RENEW, {"name": name})


def replicas_there(session: Session, seconds: float) -> Sequence[str]:
    """Names of those that were seen within so many seconds."""
    return session.scalars(_THERE, {"seconds": seconds}).all()


def remove_replica(session: Session, name: str) -> None:
    session.execute(_REMOVE, {"name": name})


def forget_old_replicas(session: Session) -> None:
    session.execute(_FORGET)
