"""Rooms that are open: what others append is heard, what is due comes, what ends begins again."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.app import create_app
from backend.dependencies import Parts
from backend.models import OUR_FAILURE, Room, Run
from backend.room import log
from backend.room.events import Draft, Event
from backend.settings import Settings
from sandbox.errors import OurFailure
from tests.backend.conftest import LOCAL
from tests.backend.fake_sandbox import ANSWER, FakeSandbox
from tests.backend.room.room_talk import CODE, ROOMS, Links, Page, make_room, page, typed

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


def parts(client: TestClient) -> Parts:
    found: Parts = client.app.state.parts  # type: ignore[attr-defined]
    return found


def events(client: TestClient, links: Links) -> list[Event]:
    with parts(client).database.read() as session:
        return log.read(session, links.id)


def kinds(client: TestClient, links: Links) -> list[str]:
    return [event.kind for event in events(client, links)]


def until(true: Callable[[], Any]) -> Any:
    """The ticker looks four times a second; a busy machine may take longer."""
    deadline = time.monotonic() + 10
    while not (found := true()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def append(client: TestClient, links: Links, *drafts: Draft) -> None:
    """Another replica, or the executor: past the live room."""
    with parts(client).database.write() as session:
        log.append(session, links.id, None, drafts, datetime.now(UTC), None)


def test_what_others_append_is_heard_by_the_pages(client: TestClient) -> None:
    links = make_room(client)
    with page(client, links) as candidate:
        append(client, links, Draft("interviewer", "say", {"text": "from elsewhere"}))
        parts(client).rooms.tell(links.id)
        heard = candidate.hear_event("say")
        assert heard["body"]["text"] == "from elsewhere"
        assert candidate.hear("state")


def test_who_decides_on_an_older_state_catches_up_and_decides_again(client: TestClient) -> None:
    """Nobody tells the room: it finds at the commit that its head has moved."""
    links = make_room(client)
    with page(client, links) as candidate:
        candidate.do("next", stage=-1)
        candidate.replace_all("one\n")
        append(client, links, Draft("interviewer", "say", {"text": "unheard"}))
        event = candidate.edit(1, [4, [0, "two"]])
        seen = [one.seq for one in events(client, links)]
        assert event["seq"] == seen[-1]
        assert seen == list(range(1, len(seen) + 1))
        # And an edit that has become stale by it is refused, not forced in.
        edit = {"document": CODE, "version": 2, "client": "other", "changes": [[7, [0, "!"]]]}
        append(client, links, Draft("interviewer", "edit", edit))
        stale = candidate.refused(
            "edit", document=CODE, version=2, client="page1", changes=[[7, [0, "?"]]]
        )
        assert (stale["code"], stale["version"]) == ("stale", 3)
    assert typed(client, links) == "one\ntwo!"


def test_a_deadline_comes_without_anybody_there_and_submits_what_stands(
    settings: Settings, sandbox: FakeSandbox
) -> None:
    clock = Hands()
    with TestClient(create_app(settings, sandbox, clock), base_url=LOCAL) as client:
        links = make_room(client)
        with page(client, links) as candidate:
            candidate.do("next", stage=-1)
            candidate.replace_all(ANSWER)
        clock.move(minutes=9, seconds=59)
        time.sleep(0.6)
        assert "run" not in kinds(client, links)
        clock.move(seconds=1)
        until(lambda: "verdict" in kinds(client, links))
        [run] = [event for event in events(client, links) if event.kind == "run"]
        assert (run.author, run.body["why"], run.body["mode"]) == ("system", "time", "submit")
        with parts(client).database.read() as session:
            row = session.get_one(Run, run.body["run"])
            assert (row.code, row.room_id) == (ANSWER, links.id)
            assert row.code_sha256 == run.body["sha256"]


def test_a_deadline_that_passed_while_the_service_was_away_comes_after_the_start(
    settings: Settings,
) -> None:
    clock = Hands()
    with TestClient(create_app(settings, FakeSandbox(), clock), base_url=LOCAL) as client:
        links = make_room(client)
        with page(client, links) as candidate:
            candidate.do("next", stage=-1)
            candidate.replace_all(ANSWER)
    clock.move(minutes=11)
    with TestClient(create_app(settings, FakeSandbox(), clock), base_url=LOCAL) as client:
        until(lambda: "verdict" in kinds(client, links))
        assert typed(client, links) == ANSWER


def test_a_page_that_went_with_the_service_has_left(settings: Settings) -> None:
    """A killed service says nothing when it goes; the next one says it for it."""
    with TestClient(create_app(settings, FakeSandbox()), base_url=LOCAL) as client:
        links = make_room(client)
        body = {"role": "candidate", "client": "gone"}
        append(client, links, Draft("candidate", "joined", body))
    with TestClient(create_app(settings, FakeSandbox()), base_url=LOCAL) as client:
        answer = client.get(f"{ROOMS}/{links.id}", headers=links.headers("candidate"))
        assert answer.status_code == 200
        until(lambda: kinds(client, links)[-1] == "left")
        view = client.get(f"{ROOMS}/{links.id}", headers=links.headers("candidate")).json()
        assert view["state"]["people"]["candidate"]["here"] == 0


def test_a_page_that_comes_again_is_here_though_its_leaving_is_not_stored_yet(
    settings: Settings,
) -> None:
    with TestClient(create_app(settings, FakeSandbox()), base_url=LOCAL) as client:
        links = make_room(client)
        body = {"role": "candidate", "client": "page1"}
        append(client, links, Draft("candidate", "joined", body))
    # After a restart all pages have left, and the first of them is back before that is stored.
    with TestClient(create_app(settings, FakeSandbox()), base_url=LOCAL) as client:
        for _ in range(10):
            with page(client, links, name="page1") as candidate:
                candidate.do("say", text="here")
                assert candidate.welcome["state"]["people"]["candidate"]["here"] == 1
                view = client.get(f"{ROOMS}/{links.id}", headers=links.headers("candidate")).json()
                assert view["state"]["people"]["candidate"]["here"] == 1
        until(lambda: kinds(client, links)[-1] == "left")
        assert kinds(client, links).count("joined") == kinds(client, links).count("left")


def test_who_comes_and_goes_is_seen(client: TestClient) -> None:
    links = make_room(client)
    with page(client, links, "interviewer", "page2") as interviewer:
        with page(client, links):
            assert here(interviewer, "joined") == 1
        assert here(interviewer, "left") == 0


def here(watcher: Page, kind: str) -> int:
    while True:
        watcher.hear_event(kind)
        return int(watcher.hear("state")["state"]["people"]["candidate"]["here"])


def test_the_same_page_again_takes_the_place_of_the_first(client: TestClient) -> None:
    links = make_room(client)
    with page(client, links) as first, page(client, links) as second:
        assert first.hear("bye")["code"] == "replaced"
        second.do("say", text="still here")
    until(lambda: kinds(client, links)[-1] == "left")
    assert kinds(client, links).count("joined") == 1
    assert kinds(client, links).count("left") == 1


def test_cursors_are_shown_at_once_and_kept_now_and_then(
    settings: Settings, sandbox: FakeSandbox
) -> None:
    clock = Hands()
    app = create_app(settings, sandbox, clock)
    with TestClient(app, base_url=LOCAL) as client:
        links = make_room(client)
        with (
            page(client, links) as candidate,
            page(client, links, "interviewer", "page2") as interviewer,
        ):
            candidate.do("next", stage=-1)
            for number in range(5):
                candidate.send("cursor", document=CODE, client="page1", anchor=number, head=number)
                shown = interviewer.hear("cursor")
                assert (shown["author"], shown["client"]) == ("candidate", "page1")
                assert shown["anchor"] == number
            clock.move(seconds=1)
            candidate.send("cursor", document=CODE, client="page1", anchor=9, head=9)
            assert interviewer.hear("cursor")["anchor"] == 9
            candidate.do("say", text="done")
        kept = [event for event in events(client, links) if event.kind == "cursor"]
        assert [event.body["anchor"] for event in kept] == [0, 9]


def test_a_run_that_cannot_be_queued_is_refused_and_nothing_of_it_is_kept(
    client: TestClient, sandbox: FakeSandbox
) -> None:
    sandbox.may_go.clear()
    links = [make_room(client) for _ in range(3)]
    with (
        page(client, links[0]) as first,
        page(client, links[1]) as second,
        page(client, links[2]) as third,
    ):
        for one in (first, second, third):
            one.do("next", stage=-1)
        first.do("run", question="scale-rows", mode="run")
        assert sandbox.started.acquire(timeout=5)  # it waits no longer
        for one in (second, first, second):
            one.do("run", question="scale-rows", mode="run")
        third.send("say", text="before")
        refused = third.refused("run", question="scale-rows", mode="run")
        assert (refused["code"], refused["retry_after"]) == ("queue-full", 2)
        third.do("say", text="after")
        assert "run" not in kinds(client, links[2])
        with parts(client).database.read() as session:
            rows = session.query(Run).where(Run.room_id == links[2].id).all()
        assert rows == []
        sandbox.may_go.set()
        first.hear_event("verdict")
        second.hear_event("verdict")
        until(lambda: kinds(client, links[1]).count("verdict") == 2)
        third.do("run", question="scale-rows", mode="run")
        assert third.hear_event("verdict")["author"] == "system"


def test_our_failure_is_an_event_and_says_so(client: TestClient, sandbox: FakeSandbox) -> None:
    sandbox.raises = [OurFailure("the slot did not answer")]
    links = make_room(client)
    with page(client, links) as candidate:
        candidate.do("next", stage=-1)
        started = candidate.do("run", question="scale-rows", mode="submit")
        failed = candidate.hear_event("failure")
        assert failed["body"]["run"] == started["body"]["run"]
        assert "our failure, not your code's" in failed["body"]["message"]


def test_a_run_that_is_lost_too_often_is_an_event_of_its_room(
    client: TestClient, sandbox: FakeSandbox
) -> None:
    sandbox.may_go.clear()
    links = make_room(client)
    with page(client, links) as candidate:
        candidate.do("next", stage=-1)
        started = candidate.do("run", question="scale-rows", mode="submit")
        assert sandbox.started.acquire(timeout=5)
        lost = parts(client).database
        with lost.write() as session:
            session.get_one(Run, started["body"]["run"]).losses = 99
        parts(client).intake.sweep(datetime.now(UTC) + timedelta(hours=1))
        failed = candidate.hear_event("failure")
        assert "lost this run" in failed["body"]["message"]
        sandbox.may_go.set()
        with lost.read() as session:
            assert session.get_one(Run, started["body"]["run"]).state == OUR_FAILURE


def test_a_page_that_is_told_nothing_for_want_of_the_database_may_send_it_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = make_room(client)
    with page(client, links) as candidate:
        candidate.do("next", stage=-1)
        candidate.replace_all("one\n")

        def broken(*arguments: object) -> None:
            raise OSError("disk full")

        with monkeypatch.context() as patch:
            patch.setattr("backend.room.queries.insert_events", broken)
            refused = candidate.refused(
                "edit", document=CODE, version=1, client="page1", changes=[[4, [0, "two"]]]
            )
        assert refused["code"] == "not-stored"
        assert refused["retry_after"] > 0
        candidate.edit(1, [4, [0, "two"]])
    assert typed(client, links) == "one\ntwo"


def test_pages_are_sent_away_when_the_service_stops(settings: Settings) -> None:
    with TestClient(create_app(settings, FakeSandbox()), base_url=LOCAL) as client:
        links = make_room(client)
        with page(client, links) as candidate:
            rooms = parts(client).rooms
            assert rooms._loop is not None
            rooms._loop.call_soon_threadsafe(rooms.stop)
            assert candidate.hear("bye")["code"] == "stopping"


def test_many_who_write_at_once_are_all_stored_in_order(client: TestClient) -> None:
    links = make_room(client)
    rooms = [make_room(client) for _ in range(4)]
    failed: list[object] = []

    def write(room: Links, name: str) -> None:
        for number in range(10):
            event = {"key": f"{name}:{number}", "kind": "say", "body": {"text": f"{name}{number}"}}
            answer = client.post(
                f"{ROOMS}/{room.id}/events", json=event, headers=room.headers("candidate")
            )
            if answer.status_code != 201:
                failed.append(answer.text)

    writers = [
        threading.Thread(target=write, args=(room, name))
        for room in (*rooms, links)
        for name in ("a", "b")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    for room in (*rooms, links):
        said = [one.body["text"] for one in events(client, room) if one.kind == "say"]
        assert sorted(said) == sorted(f"{name}{number}" for name in "ab" for number in range(10))
        for name in "ab":
            own = [text for text in said if text.startswith(name)]
            assert own == [f"{name}{number}" for number in range(10)]


def test_a_room_is_closed_when_nobody_looks_and_opens_as_it_was(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.room.rooms.KEEP_SECONDS", 0.1)
    links = make_room(client)
    with page(client, links) as candidate:
        candidate.do("next", stage=-1)
        candidate.replace_all("kept")
    until(lambda: links.id not in parts(client).rooms._open)
    with page(client, links) as again:
        assert again.welcome["documents"][CODE] == {"version": 1, "text": "kept"}


def test_a_pages_name_is_its_own(client: TestClient) -> None:
    """Who could speak under it would answer for commands that the other has yet to send."""
    links = make_room(client)
    with page(client, links, "interviewer", "page2") as interviewer:
        interviewer.do("say", text="mine")
        address = f"{LOCAL.replace('http', 'ws')}{ROOMS}/{links.id}/socket"
        with client.websocket_connect(address, headers={"Origin": LOCAL}) as socket:
            hello = {"type": "hello", "secret": links.candidate, "client": "page2"}
            socket.send_text(json.dumps(hello))
            bye = json.loads(socket.receive_text())
            assert (bye["type"], bye["code"]) == ("bye", "forged-author")
        event = {"key": "page2:2", "kind": "say", "body": {"text": "forged"}}
        path = f"{ROOMS}/{links.id}/events"
        forged = client.post(path, json=event, headers=links.headers("candidate"))
        assert (forged.status_code, forged.json()["code"]) == (403, "forged-author")
        interviewer.do("say", text="mine too")
    said = [one.body["text"] for one in events(client, links) if one.kind == "say"]
    assert said == ["mine", "mine too"]


def test_a_pages_name_stays_its_own_when_the_service_starts_again(settings: Settings) -> None:
    with TestClient(create_app(settings, FakeSandbox()), base_url=LOCAL) as client:
        links = make_room(client)
        with page(client, links, "interviewer", "page2"):
            pass
    with TestClient(create_app(settings, FakeSandbox()), base_url=LOCAL) as client:
        event = {"key": "page2:1", "kind": "say", "body": {"text": "forged"}}
        path = f"{ROOMS}/{links.id}/events"
        forged = client.post(path, json=event, headers=links.headers("candidate"))
        assert forged.json()["code"] == "forged-author"


def test_a_page_with_unsent_text_is_told_the_edits_since(client: TestClient) -> None:
    links = make_room(client)
    with page(client, links) as candidate:
        candidate.do("next", stage=-1)
        candidate.replace_all("one\n")
        second = candidate.edit(1, [4, [0, "two"]])
        third = candidate.edit(2, [7, [0, "three"]])
    with page(client, links, name="page5", edits_after=second["seq"]) as again:
        assert again.welcome["documents"][CODE]["version"] == 3
        edits = [one for one in again.welcome["events"] if one["kind"] == "edit"]
        assert [one["seq"] for one in edits] == [third["seq"]]
        seqs = [one["seq"] for one in again.welcome["events"]]
        assert seqs == sorted(seqs)
    with page(client, links, name="page6", since=10**6) as lost:
        # From a database that is no longer there: it begins anew.
        assert lost.welcome["documents"][CODE]["version"] == 3


def test_a_room_that_breaks_is_folded_anew_and_holds_up_no_other(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    links, other = make_room(client), make_room(client)
    with page(client, links) as candidate:
        candidate.do("next", stage=-1)
        candidate.replace_all("kept")

        def broken(*arguments: object) -> None:
            raise ValueError("a mistake of ours")

        with monkeypatch.context() as patch:
            patch.setattr("backend.room.live.take_turn", broken)
            refused = candidate.refused("say", text="lost?")
            assert refused["code"] == "our-error"
            assert candidate.hear("bye")["code"] == "our-error"
    with page(client, other) as elsewhere:
        elsewhere.do("say", text="all is well here")
    with page(client, links) as again:
        assert again.welcome["documents"][CODE] == {"version": 1, "text": "kept"}
        again.do("say", text="not lost")


def test_a_room_whose_log_cannot_be_folded_keeps_no_other_from_its_deadline(
    settings: Settings,
) -> None:
    clock = Hands()
    with TestClient(create_app(settings, FakeSandbox(), clock), base_url=LOCAL) as client:
        links = make_room(client)
        with page(client, links) as candidate:
            candidate.do("next", stage=-1)
        with parts(client).database.write() as session:
            hashes = {"candidate_hash": "c" * 64, "interviewer_hash": "i" * 64}
            session.add(Room(id="0" * 24, created_at=NOON, due_at=NOON, **hashes))
    clock.move(minutes=11)
    with TestClient(create_app(settings, FakeSandbox(), clock), base_url=LOCAL) as client:
        until(lambda: "verdict" in kinds(client, links))


def test_a_room_lives_on_postgres_as_well(settings: Settings, postgres_url: str) -> None:
    there = replace(settings, database=postgres_url)
    with TestClient(create_app(there, FakeSandbox()), base_url=LOCAL) as client:
        links = make_room(client)
        with page(client, links) as candidate:
            candidate.do("next", stage=-1)
            candidate.replace_all(ANSWER)
            append(client, links, Draft("interviewer", "say", {"text": "unheard"}))
            candidate.edit(1, [len(ANSWER), [0, "# 😀"]])
            candidate.do("run", question="scale-rows", mode="submit")
            assert candidate.hear_event("verdict")["body"]["verdict"]["outcome"] == "passed"
        assert typed(client, links) == f"{ANSWER}# 😀"
        seqs = [event.seq for event in events(client, links)]
        assert seqs == list(range(1, len(seqs) + 1))
