"""The database is away for a while: what was to be stored is, once it is back."""

import threading
import time
from collections import Counter
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from backend.room import rooms, writer
from backend.room.events import Draft
from tests.backend.room.room_talk import make_room, page
from tests.backend.room.test_live_rooms import append, kinds, parts, until


def away(*arguments: object, **named: object) -> None:
    raise OperationalError("SELECT 1", {}, OSError("the server has gone"))


def test_that_a_page_has_gone_is_stored_once_it_can_be(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = make_room(client)
    with monkeypatch.context() as patch:
        with page(client, links):
            patch.setattr("backend.room.queries.insert_events", away)
        time.sleep(0.3)
        assert kinds(client, links)[-1] == "joined"
    until(lambda: kinds(client, links)[-1] == "left")


def test_a_log_that_cannot_be_read_now_is_read_later_and_no_page_is_sent_away(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = make_room(client)
    tried = threading.Event()

    def read(*arguments: object) -> None:
        tried.set()
        away()

    with page(client, links) as candidate:
        with monkeypatch.context() as patch:
            patch.setattr("backend.room.queries.due_at", read)
            append(client, links, Draft("interviewer", "say", {"text": "meanwhile"}))
            parts(client).rooms.tell(links.id)
            assert tried.wait(5)
            assert candidate.refused("say", text="now?")["code"] == "not-stored"
        assert candidate.hear_event("say")["body"]["text"] == "meanwhile"
        candidate.do("say", text="still here")


def test_many_rooms_and_ticks_of_an_outage_are_one_line_a_part_and_one_at_its_end(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "TICK_SECONDS", 0.02)
    tried: Counter[str] = Counter()

    def gone(name: str) -> Any:
        def query(*arguments: object) -> None:
            tried[name] += 1
            away()

        return query

    all_links = [make_room(client), make_room(client)]
    with (
        page(client, all_links[0]) as first,
        page(client, all_links[1]) as second,
        capture_logs() as logs,
    ):
        with monkeypatch.context() as patch:
            for name in ("due_rooms", "due_at", "insert_events"):
                patch.setattr(f"backend.room.queries.{name}", gone(name))
            for _ in range(5):
                for one in (first, second):
                    assert one.refused("say", text="now?")["code"] == "not-stored"
            for links in all_links:
                parts(client).rooms.tell(links.id)
            until(lambda: tried["due_rooms"] > 10 and tried["due_at"] > 2)
        for one in (first, second):
            one.do("say", text="still here")
        until(lambda: len(logs) >= 6)
    assert tried["insert_events"] >= 10
    assert sorted((one["log_level"], one["event"]) for one in logs) == [
        ("info", "rooms are looked at again"),
        ("info", "rooms' events are stored again"),
        ("info", "rooms' logs are read again"),
        ("warning", "a room's events could not be stored"),
        ("warning", "a room's log could not be read"),
        ("warning", "rooms could not be looked at"),
    ]
    assert not any("SELECT" in str(one) for one in logs)


def test_what_is_no_outage_keeps_its_traceback(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "TICK_SECONDS", 0.02)

    def broken(*arguments: object) -> None:
        raise KeyError("ours")

    with capture_logs() as logs:
        monkeypatch.setattr("backend.room.queries.due_rooms", broken)
        until(lambda: any(one["event"] == "rooms could not be looked at" for one in logs))
        time.sleep(0.2)
    [line] = [one for one in logs if one["event"] == "rooms could not be looked at"]
    assert isinstance(line["exc_info"], KeyError)


def test_a_deadlock_is_a_batch_that_was_not_stored_and_can_be_sent_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = make_room(client)
    stored = writer.queries.insert_events
    fails = [True, False]

    def sometimes(*arguments: Any) -> None:
        if fails.pop(0) if fails else False:
            error = psycopg.errors.DeadlockDetected("deadlock detected")
            raise OperationalError("INSERT", {}, error)
        stored(*arguments)

    with page(client, links) as candidate:
        monkeypatch.setattr("backend.room.queries.insert_events", sometimes)
        with capture_logs() as logs:
            assert candidate.refused("say", text="one")["code"] == "not-stored"
            candidate.do("say", text="one")
    assert [one["log_level"] for one in logs if "stored" in one["event"]] == ["warning", "info"]
