"""Two replicas of the service on one Postgres: a room is the same room at both."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from backend import post
from backend.app import create_app
from backend.db import Database, connection_arguments
from backend.room import log, queries, replicas, service
from backend.room.events import Draft, Event
from backend.room.replicas import Replicas
from backend.room.schemas import NewRoom
from backend.settings import Settings
from tests.backend.conftest import LOCAL
from tests.backend.fake_sandbox import ANSWER, FakeSandbox
from tests.backend.room.replica_process import replica_process
from tests.backend.room.room_talk import CODE, ROOMS, Links, make_room, page, typed
from tests.backend.room.test_live_rooms import Hands, events, kinds, parts, until
from tests.load.typist import Typist


@dataclass
class Pair:
    """Two replicas, and a third party that writes into their database past them."""

    a: TestClient
    b: TestClient
    clock: Hands
    elsewhere: Database

    def append(self, links: Links, *drafts: Draft) -> None:
        with self.elsewhere.write() as session:
            log.append(session, links.id, None, drafts, datetime.now(UTC), None)

    def make_room(self) -> Links:
        """Of which neither replica knows yet."""
        known = parts(self.a)
        new = NewRoom(question="scale-rows", script=False)
        created = service.plan(known.bank, known.templates, new)
        with self.elsewhere.write() as session:
            made = service.create(session, created, self.clock(), None)
        links = (made.candidate_link, made.interviewer_link)
        return Links(made.id, *(link.partition("#")[2] for link in links))


@pytest.fixture
def shared(settings: Settings, postgres_url: str) -> Settings:
    """Settings of a replica; its database is migrated."""
    database = Database(postgres_url)
    database.migrate()
    database.close()
    return replace(settings, database=postgres_url, queue_limit=50)


@pytest.fixture
def pair(shared: Settings) -> Iterator[Pair]:
    clock = Hands()
    database = Database(shared.database)
    apps = [
        create_app(replace(shared, executor_name=name), FakeSandbox(), clock) for name in ("a", "b")
    ]
    with TestClient(apps[0], base_url=LOCAL) as a, TestClient(apps[1], base_url=LOCAL) as b:
        yield Pair(a, b, clock, database)
    database.close()


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> tuple[float, float]:
    """How often a replica says that it is there, and after how long one that does not is gone."""
    monkeypatch.setattr(replicas, "RENEW_SECONDS", 0.3)
    monkeypatch.setattr(replicas, "GONE_SECONDS", 2.0)
    return replicas.RENEW_SECONDS, replicas.GONE_SECONDS


def people(client: TestClient, links: Links) -> tuple[int, int]:
    """How many pages of the candidate and of the interviewer are here, as this replica has it."""
    answer = client.get(f"{ROOMS}/{links.id}", headers=links.headers("interviewer"))
    found = answer.json()["state"]["people"]
    return found["candidate"]["here"], found["interviewer"]["here"]


def test_what_is_done_at_one_is_seen_at_the_other(pair: Pair) -> None:
    links = make_room(pair.a)
    with (
        page(pair.a, links) as candidate,
        page(pair.b, links, "interviewer", "page2") as interviewer,
    ):
        candidate.do("next", stage=-1)
        assert interviewer.hear_event("phase")["body"]["why"] == "ready"
        assert interviewer.hear("state")["state"]["phase"] == "coding"
        candidate.replace_all("one\n")
        assert interviewer.hear_event("edit")["body"]["version"] == 0
        interviewer.edit(1, [4, [0, "two"]])
        assert candidate.hear_event("edit")["author"] == "interviewer"
        stale = interviewer.refused(
            "edit", document=CODE, version=1, client="page2", changes=[[4, [0, "x"]]]
        )
        assert stale["code"] == "stale"
        assert typed(pair.a, links) == typed(pair.b, links) == "one\ntwo"
    seqs = [event.seq for event in events(pair.a, links)]
    assert seqs == list(range(1, len(seqs) + 1))


def test_the_same_command_sent_again_to_the_other_is_carried_out_once(pair: Pair) -> None:
    links = make_room(pair.a)
    words = {"type": "command", "id": 7, "kind": "say", "body": {"text": "once"}}
    with page(pair.a, links) as candidate:
        candidate.say(words)
        candidate.hear_event("say")
    with page(pair.b, links) as candidate:
        candidate.say(words)
        assert candidate.hear_event("say")["id"] == 7
    assert kinds(pair.a, links).count("say") == 1


def test_a_verdict_is_told_to_the_pages_of_both(pair: Pair) -> None:
    links = make_room(pair.a)
    with (
        page(pair.a, links) as candidate,
        page(pair.b, links, "interviewer", "page2") as interviewer,
    ):
        candidate.do("next", stage=-1)
        candidate.replace_all(ANSWER)
        candidate.do("run", question="scale-rows", mode="submit")
        for one in (candidate, interviewer):
            assert one.hear_event("verdict")["body"]["verdict"]["outcome"] == "passed"


def test_what_another_process_notes_is_told_to_the_pages_of_both(pair: Pair) -> None:
    links = make_room(pair.a)
    with page(pair.a, links) as candidate, page(pair.b, links, name="page2") as other:
        pair.append(links, Draft("interviewer", "say", {"text": "from elsewhere"}))
        for one in (candidate, other):
            assert one.hear_event("say")["body"]["text"] == "from elsewhere"


def test_who_comes_and_goes_at_one_is_seen_at_the_other(pair: Pair) -> None:
    links = make_room(pair.a)
    with page(pair.b, links, "interviewer", "page2") as interviewer:
        with page(pair.a, links, name="page1"), page(pair.b, links, name="page3"):
            until(lambda: people(pair.a, links) == people(pair.b, links) == (2, 1))
        left = {interviewer.hear_event("left")["body"]["client"] for _ in range(2)}
        assert left == {"page1", "page3"}
        until(lambda: people(pair.a, links) == people(pair.b, links) == (0, 1))
    assert kinds(pair.a, links).count("joined") == 3


def test_a_room_is_opened_at_the_other_without_throwing_anybody_out(pair: Pair) -> None:
    links = make_room(pair.a)
    with page(pair.a, links) as candidate:
        assert people(pair.b, links) == (1, 0)
        candidate.do("say", text="still here")
        assert people(pair.b, links) == (1, 0)
    until(lambda: people(pair.b, links) == (0, 0))
    assert kinds(pair.a, links).count("left") == 1


def test_a_page_sits_where_it_sat_down_last(pair: Pair) -> None:
    links = make_room(pair.a)
    with page(pair.a, links) as first, page(pair.b, links) as second:
        assert first.hear("bye")["code"] == "replaced"
        second.do("say", text="here")
        assert people(pair.a, links) == people(pair.b, links) == (1, 0)
        # And back again, while the first has hardly gone.
        with page(pair.a, links) as third:
            assert second.hear("bye")["code"] == "replaced"
            third.do("say", text="here")
            assert people(pair.a, links) == people(pair.b, links) == (1, 0)
    until(lambda: people(pair.a, links) == people(pair.b, links) == (0, 0))
    assert kinds(pair.a, links).count("left") == 1


def test_a_replica_that_was_taken_for_gone_says_that_its_pages_are_there(pair: Pair) -> None:
    links = make_room(pair.a)
    with page(pair.a, links) as candidate:
        joined = [event for event in events(pair.a, links) if event.kind == "joined"][-1]
        pair.append(links, Draft("candidate", "left", joined.body))
        candidate.hear_event("left")
        assert candidate.hear_event("joined")["body"] == joined.body
        until(lambda: people(pair.b, links) == (1, 0))


@pytest.mark.parametrize("body", [{"replica": "of-last-week"}, {}], ids=["gone", "before"])
def test_a_page_of_a_replica_that_is_no_more_has_left(pair: Pair, body: dict[str, str]) -> None:
    links = pair.make_room()
    joined = {"role": "candidate", "client": "gone", **body}
    pair.append(links, Draft("candidate", "joined", joined))
    until(lambda: people(pair.a, links) == (0, 0))
    until(lambda: people(pair.b, links) == (0, 0))
    assert kinds(pair.a, links).count("left") == 1


def test_a_deadline_is_carried_out_once(pair: Pair) -> None:
    rooms = [make_room(client) for client in (pair.a, pair.b, pair.a)]
    with page(pair.a, rooms[0]) as one, page(pair.b, rooms[0], "interviewer", "page2"):
        for links in rooms:
            with page(pair.b, links, "interviewer", "page3") as starter:
                starter.do("next", stage=-1)
        one.replace_all(ANSWER)
        pair.clock.move(minutes=11)
        for links in rooms:
            until(lambda links=links: "verdict" in kinds(pair.a, links))
        # Whoever comes late finds nothing left to do.
        pair.clock.move(seconds=30)
        time.sleep(0.6)
        for links in rooms:
            found = kinds(pair.a, links)
            assert found.count("run") == found.count("verdict") == 1
            stages = [event.body["stage"] for event in events(pair.a, links) if is_phase(event)]
            assert stages == list(range(-1, len(stages) - 1))


def test_a_room_that_is_due_is_opened_by_one_of_them(pair: Pair) -> None:
    # Each knows of the other once it has said again that it is there.
    for client in (pair.a, pair.b):
        until(lambda client=client: parts(client).rooms.replicas.others)
    made = {pair.make_room().id for _ in range(20)}
    open_at = [parts(client).rooms._open for client in (pair.a, pair.b)]
    until(lambda: made <= {*open_at[0], *open_at[1]})
    time.sleep(0.6)
    assert not set(open_at[0]) & set(open_at[1])
    assert set(open_at[0])
    assert set(open_at[1])


def test_a_room_that_is_open_at_the_other_is_left_to_it(pair: Pair) -> None:
    until(lambda: parts(pair.b).rooms.replicas.others)
    rooms = [make_room(pair.a) for _ in range(6)]
    for links in rooms:
        with page(pair.a, links) as candidate:
            candidate.do("next", stage=-1)
    until(lambda: {links.id for links in rooms} <= set(parts(pair.b).rooms._elsewhere))
    pair.clock.move(minutes=10)
    for links in rooms:
        until(lambda links=links: "verdict" in kinds(pair.a, links))
    assert not set(parts(pair.b).rooms._open)


def test_who_missed_notices_catches_up(
    pair: Pair, shared: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = make_room(pair.a)
    with page(pair.a, links) as candidate, page(pair.b, links, name="page2") as other:
        # Long enough that what is said meanwhile is heard by nobody.
        monkeypatch.setattr(post, "FIRST_PAUSE_SECONDS", 1.0)
        monkeypatch.setattr(post, "LONGEST_PAUSE_SECONDS", 1.0)
        for _ in range(2):  # the pause in progress may be of before
            hang_up(shared)
            said = candidate.do("say", text="does anybody hear this?")
            assert other.hear_event("say")["seq"] == said["seq"]


def hang_up(shared: Settings) -> None:
    with psycopg.connect(**connection_arguments(shared.database), autocommit=True) as connection:
        hung = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')"
        ).fetchone()
    assert hung is not None
    assert hung[0] >= 2


def test_a_cursor_is_seen_at_the_other_where_it_comes_to_rest(pair: Pair) -> None:
    links = make_room(pair.a)
    with (
        page(pair.a, links) as candidate,
        page(pair.b, links, "interviewer", "page2") as interviewer,
    ):
        candidate.do("next", stage=-1)
        candidate.send("cursor", document=CODE, client="page1", anchor=0, head=0)
        assert interviewer.hear("cursor")["anchor"] == 0
        began = time.monotonic()
        for place in range(1, 6):
            candidate.send("cursor", document=CODE, client="page1", anchor=place, head=place)
        shown = interviewer.hear("cursor")
        assert (shown["author"], shown["client"], shown["anchor"]) == ("candidate", "page1", 5)
        assert time.monotonic() - began < 2
    assert kinds(pair.a, links).count("cursor") == 2


def test_a_page_alone_at_its_replica_keeps_no_more_cursors_than_ever(pair: Pair) -> None:
    links = make_room(pair.a)
    with page(pair.a, links) as candidate:
        candidate.do("next", stage=-1)
        for place in range(5):
            candidate.send("cursor", document=CODE, client="page1", anchor=place, head=place)
        candidate.do("say", text="done")
        time.sleep(1.2)
    assert kinds(pair.a, links).count("cursor") == 1


def test_the_pages_of_a_killed_replica_have_left_after_a_while(
    shared: Settings, fast: tuple[float, float]
) -> None:
    with (
        replica_process(shared, "doomed", *fast) as doomed,
        TestClient(create_app(shared, FakeSandbox()), base_url=LOCAL) as b,
    ):
        links = make_room(b)

        async def sit() -> None:
            """Two pages at the doomed replica; one of them comes to the other after the kill."""
            sitting = [
                asyncio.create_task(
                    Typist(doomed.address, links.id, links.candidate, name, CODE).live()
                )
                for name in ("lost", "moves")
            ]
            while not done.is_set():
                await asyncio.sleep(0.05)
            for task in sitting:
                task.cancel()

        done = threading.Event()
        sitters = threading.Thread(target=lambda: asyncio.run(sit()))
        sitters.start()
        try:
            with page(b, links, "interviewer", "stays") as interviewer:
                until(lambda: people(b, links) == (2, 1))
                time.sleep(fast[1] + fast[0])
                assert people(b, links) == (2, 1), "it is there as long as it says so"
                doomed.kill()
                killed = time.monotonic()
                with page(b, links, name="moves") as moved:
                    assert people(b, links) == (2, 1), "not at once: it might come back"
                    assert interviewer.hear_event("left")["body"]["client"] == "lost"
                    assert fast[1] - fast[0] - 0.5 < time.monotonic() - killed < fast[1] + 3
                    moved.do("say", text="still here")
                    assert people(b, links) == (1, 1)
        finally:
            done.set()
            sitters.join()
        left = [event.body["client"] for event in events(b, links) if event.kind == "left"]
        assert sorted(left[:1]) == ["lost"]
        assert left.count("lost") == 1


def test_many_who_type_at_both_lose_nothing(shared: Settings) -> None:
    """Two processes, three pages at each, as fast as they can; then all have the same text."""
    with (
        replica_process(shared, "one") as one,
        replica_process(shared, "other") as other,
        TestClient(create_app(shared, FakeSandbox()), base_url=LOCAL) as reader,
    ):
        links = make_room(reader)
        with page(reader, links) as candidate:
            candidate.do("next", stage=-1)
            candidate.replace_all("")
        typists = [
            Typist(replica.address, links.id, links.candidate, f"page-{name}-{number}", CODE)
            for name, replica in (("a", one), ("b", other))
            for number in range(3)
        ]

        async def type_all() -> None:
            living = [asyncio.create_task(typist.live()) for typist in typists]
            for number in range(40):
                for typist in typists:
                    typist.type(f"<{typist.client}:{number}>")
            for typist in typists:
                await typist.finish(90)
            last = max(typed.seq or 0 for typist in typists for typed in typist.acknowledged)
            async with asyncio.timeout(5):
                while any((typist.seq or 0) < last for typist in typists):
                    await asyncio.sleep(0.02)
            for task in living:
                task.cancel()

        # On a thread of its own: after a test with Playwright a loop runs on this one.
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(asyncio.run, type_all()).result()
        whole = typed(reader, links)
        assert {typist.text for typist in typists} == {whole}
        for typist in typists:
            assert typist.connections == 1, "its room never broke"
            assert len(typist.acknowledged) == 40
        seqs = [event.seq for event in events(reader, links)]
        assert seqs == list(range(1, len(seqs) + 1))
        inserted = [edit_token(event) for event in events(reader, links) if is_typed(event)]
        assert sorted(inserted) == sorted(
            f"<{typist.client}:{number}>" for typist in typists for number in range(40)
        )


def is_phase(event: Event) -> bool:
    return event.kind == "phase"


def is_typed(event: Event) -> bool:
    return event.kind == "edit" and event.body["client"].startswith("page-")


def edit_token(event: Event) -> str:
    [token] = [part[1] for part in event.body["changes"][0] if isinstance(part, list)]
    return str(token)


def test_one_that_stops_is_gone_at_once(shared: Settings) -> None:
    with TestClient(create_app(shared, FakeSandbox()), base_url=LOCAL) as client:
        name = parts(client).rooms.replica
        assert name in there(parts(client).database)
    database = Database(shared.database)
    assert name not in there(database)
    database.close()


def there(database: Database) -> set[str]:
    with database.read() as session:
        return set(queries.replicas_there(session, replicas.GONE_SECONDS))


def test_nobody_is_taken_for_gone_because_the_database_was_away(
    shared: Settings, fast: tuple[float, float]
) -> None:
    database = Database(shared.database)
    one, other = Replicas(database), Replicas(database)
    one.enter()
    other.enter()
    # Nobody could say anything for longer than one who is there may say nothing.
    time.sleep(fast[1] + 0.1)
    with database.read() as session:
        assert one.gone(session, {other.name}) == set()
    began = time.monotonic()
    while not (gone := one.renew({other.name, one.name})):
        assert time.monotonic() - began < fast[1] + 5
        time.sleep(fast[0])
    # From then on it had as long as ever, and did not say it.
    assert time.monotonic() - began >= fast[1]
    assert gone == {other.name}
    with database.read() as session:
        assert one.gone(session, {other.name, one.name}) == {other.name}
    database.close()


def test_notices_that_say_nothing_are_not_kept(pair: Pair) -> None:
    until(lambda: parts(pair.b).rooms.replicas.others)
    known = parts(pair.a).rooms.replica
    with pair.elsewhere.write() as session:
        for payload in ("", "no-such-room", "a b", f"{'x' * 99} {known}", f"{'0' * 24} {known}"):
            session.execute(text("SELECT pg_notify('torchroom_room', :it)"), {"it": payload})
    until(lambda: parts(pair.b).rooms._elsewhere)
    assert set(parts(pair.b).rooms._elsewhere) == {"0" * 24}
