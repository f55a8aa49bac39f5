"""The database is away for a while: what was to be stored is, once it is back."""

import threading
import time

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

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
