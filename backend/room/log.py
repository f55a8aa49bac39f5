"""The log of a room: what is appended, and what was. Never commits: its caller does.

Whoever appends moves `rooms.head` in the same transaction. On SQLite there is one writer at a
time; on Postgres the row of the room is locked by the move. So numbers have no gap, and one who
decided on an older state than the present finds that the head has moved, and appends nothing.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.room import queries
from backend.room.events import Draft, Event
from backend.room.log_text import StoredEvent
from backend.verdicts import readable

NOBODY = "-"
"""Appended past the open rooms: every replica is told."""


def append(
    session: Session,
    room_id: str,
    expected_head: int | None,
    drafts: Sequence[Draft],
    now: datetime,
    due_at: datetime | None,
) -> list[Event] | None:
    """Append `drafts`; None where the head is not `expected_head` (None: whatever it is), and then
    nothing was appended. `due_at` is when the room has to be looked at next."""
    head = queries.advance(session, room_id, len(drafts), expected_head, due_at)
    if head is None:
        return None
    first = head - len(drafts) + 1
    events = number(drafts, first, now, queries.last_at(session, room_id, first - 1))
    if events:
        queries.insert_events(session, [row(room_id, event) for event in events])
        queries.announce(session, [room_id], NOBODY)
    return events


def number(
    drafts: Iterable[Draft], first: int, now: datetime, last_at: datetime | None
) -> list[Event]:
    """Drafts as the events they become. Time in a log never goes back, a clock may."""
    at = now if last_at is None else max(now, last_at)
    return [
        Event(first + index, at, draft.author, draft.kind, draft.body, draft.key)
        for index, draft in enumerate(drafts)
    ]


def row(room_id: str, event: Event) -> dict[str, Any]:
    """As the table has it."""
    return {
        "room_id": room_id,
        "seq": event.seq,
        "at": event.at,
        "author": event.author,
        "kind": event.kind,
        "body": event.body,
        "key": event.key,
    }


def read(session: Session, room_id: str, after: int = 0) -> list[Event]:
    """Every event with a number above `after`."""
    return [event_of(found) for found in queries.events_between(session, room_id, after)]


def stored(session: Session, room_id: str, after: int) -> Sequence[StoredEvent]:
    """The events with a number above `after` as they lie there, their bodies unread."""
    found = queries.stored_events(session, room_id, after)
    return [_readable(row) if row[3] == "verdict" else row for row in found]


def event_of(found: Any) -> Event:
    kind, body = readable(found.kind, found.body)
    return Event(found.seq, found.at, found.author, kind, body, found.key)


def _readable(row: StoredEvent) -> StoredEvent:
    seq, at, author, kind, written = row
    kind, body = readable(kind, json.loads(written))
    return row if kind == "verdict" else (seq, at, author, kind, json.dumps(body))
