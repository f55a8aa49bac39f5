"""The log that is sent as it is stored is the log that is read, redacted and written."""

import json
from dataclasses import replace

import pytest

from backend.db import Database
from backend.room import log, messages
from backend.room.events import Role
from backend.room.fold import fold
from backend.room.log_text import written
from tests.support.long_session import long_session
from tests.support.long_session.store import store


@pytest.mark.parametrize("role", ["candidate", "interviewer"])
@pytest.mark.parametrize("shared", [False, True])
def test_both_ways_tell_the_same(database: Database, role: Role, shared: bool) -> None:
    events = long_session(edits=900, minutes=20)
    store(database, "room", events)
    state = replace(fold(events), shared=shared)
    with database.read() as session:
        read = log.read(session, "room")
        stored = log.stored(session, "room", 0)
    slow = [json.loads(text) for _, text in messages.seen(read, role, state)]
    assert [json.loads(text) for text in written(stored, role, state)] == slow
    kinds = {event["kind"] for event in slow}
    assert ("created" in kinds) == (role == "interviewer")
    assert ("score" in kinds) == (role == "interviewer" or shared)
    notes = any(event["body"].get("document") == "notes" for event in slow)
    assert notes == (role == "interviewer")


def test_the_session_folds_to_what_was_typed() -> None:
    """Its change sets are as CodeMirror would make them, emoji and all."""
    state = fold(long_session(seed=4, edits=1500, minutes=30))
    assert state.phase == "finished"
    assert state.documents["scratch"].text.startswith("Plan:\n  1.")
    assert sum(document.version for document in state.documents.values()) == 1500
    assert "👍" in state.documents["notes"].text


def test_the_same_seed_gives_the_same_session() -> None:
    assert long_session(seed=2, edits=300) == long_session(seed=2, edits=300)
    assert long_session(seed=2, edits=300) != long_session(seed=3, edits=300)
