"""The log only grows, without a gap, and knows who came first. On both engines."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.db import Database
from backend.models import Room
from backend.room import log, queries
from backend.room.events import Draft, Event

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def said(word: str, key: str | None = None) -> Draft:
    return Draft("candidate", "say", {"text": word}, key)


def append(
    database: Database,
    *drafts: Draft,
    head: int | None = None,
    at: float = 0,
    due: datetime | None = None,
    room: str = "room",
) -> list[Event] | None:
    with database.write() as session:
        return log.append(session, room, head, drafts, after(at), due)


def read(database: Database, room: str = "room", start: int = 0) -> list[Event]:
    with database.read() as session:
        return log.read(session, room, start)


@pytest.fixture(autouse=True)
def rooms(database: Database) -> None:
    with database.write() as session:
        for name in ("room", "other"):
            hashes = {"candidate_hash": "c" * 64, "interviewer_hash": "i" * 64}
            session.add(Room(id=name, created_at=NOON, **hashes))


def test_events_are_numbered_from_one_and_read_in_order(database: Database) -> None:
    first = append(database, said("a"), said("b", key="page:1"), head=0)
    second = append(database, said("c"), head=2, at=1)
    assert first is not None
    assert second is not None
    assert [event.seq for event in first + second] == [1, 2, 3]
    assert read(database) == first + second
    assert read(database, start=2) == second
    assert first[1].key == "page:1"
    append(database, said("elsewhere"), room="other")
    assert [event.seq for event in read(database, "other")] == [1]
    assert len(read(database)) == 3


def test_who_decided_on_an_older_state_appends_nothing(database: Database) -> None:
    append(database, said("a"), head=0)
    assert append(database, said("b"), head=0) is None
    assert append(database, said("b"), head=2) is None
    assert [event.body["text"] for event in read(database)] == ["a"]
    assert append(database, said("b"), head=1) is not None
    assert append(database, said("c"), head=None) is not None
    assert [event.seq for event in read(database)] == [1, 2, 3]


def test_time_in_a_log_never_goes_back(database: Database) -> None:
    append(database, said("a"), at=10)
    append(database, said("b"), at=3)
    append(database, said("c"), at=11)
    assert [event.at for event in read(database)] == [after(10), after(10), after(11)]


def test_a_key_is_there_once_in_a_room_and_takes_nothing_with_it(database: Database) -> None:
    append(database, said("a", key="page:1"))
    with pytest.raises(IntegrityError):
        append(database, said("b"), said("c", key="page:1"))
    assert [event.body["text"] for event in read(database)] == ["a"]
    with database.read() as session:
        assert session.get_one(Room, "room").head == 1
    append(database, said("a", key="page:1"), room="other")
    append(database, said("without"), said("a key"))
    assert len(read(database)) == 3


@pytest.mark.parametrize(
    "statement", ["UPDATE events SET author = 'interviewer'", "DELETE FROM events"]
)
def test_nothing_is_ever_changed_or_taken_out(database: Database, statement: str) -> None:
    append(database, said("a"))
    before = read(database)
    refusal = pytest.raises(DBAPIError, match="never changed and never taken out")
    with refusal, database.write() as session:
        session.execute(text(statement))
    assert read(database) == before


def test_many_who_append_at_once_leave_no_gap(database: Database) -> None:
    """With an expected head one of them wins each time; without, all do."""
    won: list[str] = []

    def race(name: str) -> None:
        for number in range(5):
            while True:
                with database.read() as session:
                    head = session.get_one(Room, "room").head
                if append(database, said(f"{name}{number}"), head=head) is not None:
                    won.append(f"{name}{number}")
                    break
            append(database, said(f"{name}{number} again"))

    racers = [threading.Thread(target=race, args=(name,)) for name in "abcd"]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    events = read(database)
    assert [event.seq for event in events] == list(range(1, 41))
    words = [event.body["text"] for event in events]
    assert {word for word in words if not word.endswith("again")} == set(won)
    assert len(set(words)) == 40


def test_rooms_in_which_something_is_due_are_found(database: Database) -> None:
    append(database, said("a"), due=after(60))
    append(database, said("b"), room="other")
    with database.read() as session:
        assert queries.due_rooms(session, after(59)) == []
        assert queries.due_rooms(session, after(60)) == [("room", after(60))]
    append(database, said("c"), due=None)
    with database.read() as session:
        assert queries.due_rooms(session, after(999)) == []


def test_characters_of_all_kinds_survive(database: Database) -> None:
    word = "é 漢 😀 \u2028 \u0001 ' \" \\ %s :x"
    append(database, said(word))
    assert read(database)[0].body["text"] == word
