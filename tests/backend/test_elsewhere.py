"""The service with executors elsewhere: what it says while there is none, and while its database is
away; and that it recovers from both by itself."""

import dataclasses
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from backend.app import create_app
from backend.bank import load_bank
from backend.clock import utc_now
from backend.db import Database
from backend.executor import Executor
from backend.fleet.summary import DRAINED, NOBODY
from backend.queue.member import Member
from backend.queue.postgres import PostgresQueue
from backend.settings import Settings
from tests.backend.conftest import LOCAL
from tests.backend.fake_sandbox import FakeSandbox
from tests.backend.own_postgres import OwnPostgres, own_postgres
from tests.backend.talk import RUNS, Told, finished, hear, send, send_ok
from tests.backend.test_executor import until


class MuteQueue(PostgresQueue):
    """One that can go without a word, as a process that is killed does."""

    is_mute = False

    def leave(self) -> None:
        if not self.is_mute:
            super().leave()


class Far:
    """An executor on another machine, in as far as it has its own everything."""

    def __init__(self, settings: Settings, sandbox: FakeSandbox, name: str = "far") -> None:
        self.sandbox = sandbox
        self.database = Database(settings.database_url)
        member = Member(name, "far-host", "0", "cpu", 1)
        self.queue = MuteQueue(self.database, member, settings.lease_seconds)
        bank = load_bank(settings.questions)
        self.executor = Executor(
            self.queue, bank, sandbox, 1, settings.lease_seconds, utc_now, same_bank=False
        )
        self.queue.open()
        self.executor.start()

    def stop(self) -> None:
        self.sandbox.may_go.set()
        self.sandbox.may_open.set()
        self.executor.stop(5)
        self.queue.stop(5)
        self.database.close()

    def vanish(self) -> None:
        """Give no more sign of life, and say nothing of it."""
        self.queue.is_mute = True
        self.executor.stop(0.1)
        self.queue.stop(1)


@pytest.fixture
def elsewhere(settings: Settings, migrated_postgres_url: str) -> Settings:
    return dataclasses.replace(
        settings, database=migrated_postgres_url, executor="elsewhere", lease_seconds=3
    )


@pytest.fixture
def client(elsewhere: Settings, sandbox: FakeSandbox) -> Iterator[TestClient]:
    app = create_app(elsewhere, sandbox)
    with TestClient(app, base_url=LOCAL, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def far(elsewhere: Settings, client: TestClient) -> Iterator[Far]:
    far = Far(elsewhere, FakeSandbox("docker"))
    yield far
    far.stop()


def system(client: TestClient) -> Any:
    return client.get("/api/v1/system").json()


def slot_state(client: TestClient) -> str:
    return str(system(client)["slot"]["state"])


def test_without_executors_it_is_ready_and_says_so(client: TestClient) -> None:
    until(lambda: slot_state(client) == "away")
    told = system(client)
    assert (told["executors"], told["slots"], told["torch"]) == (0, 0, None)
    assert told["slot"]["problem"] == NOBODY
    assert client.get("/readyz").status_code == 200
    assert client.get("/healthz").status_code == 200


def test_what_is_sent_meanwhile_is_judged_once_one_joins(
    client: TestClient, elsewhere: Settings, sandbox: FakeSandbox
) -> None:
    until(lambda: slot_state(client) == "away")
    run_id = send_ok(client)
    run = client.get(f"{RUNS}/{run_id}").json()
    assert (run["state"], run["position"], run["losses"]) == ("queued", 1, 0)
    far = Far(elsewhere, FakeSandbox("docker"))
    try:
        assert finished(client, run_id)["verdict"]["slot"] == "docker"
    finally:
        far.stop()
    assert sandbox.judged == [], "the service itself judges nothing"


def test_states_from_opening_slots_to_being_gone(client: TestClient, elsewhere: Settings) -> None:
    sandbox = FakeSandbox("docker")
    sandbox.may_open.clear()
    far = Far(elsewhere, sandbox)
    until(lambda: slot_state(client) == "starting")
    assert system(client)["executors"] == 1
    sandbox.may_open.set()
    until(lambda: slot_state(client) == "ready")
    told = system(client)
    assert (told["executors"], told["slots"], told["torch"]) == (1, 1, "2.13.0")
    assert told["slot"]["kind"] == "docker"
    assert client.get("/readyz").status_code == 200
    with far.database.write() as session:
        session.execute(text("UPDATE executors SET drain = true"))
        session.execute(text("SELECT pg_notify('torchroom_fleet', '')"))
    until(lambda: system(client)["slot"]["problem"] == DRAINED)
    far.stop()
    until(lambda: system(client)["slot"]["problem"] == NOBODY)


def kinds(events: list[Told]) -> list[str]:
    return [str(told.data["state"]) if told.event == "state" else told.event for told in events]


def test_a_stream_tells_all_from_waiting_to_the_end(
    client: TestClient, elsewhere: Settings
) -> None:
    run_id = send_ok(client, mode="run")
    heard: list[list[Told]] = []
    reader = threading.Thread(target=lambda: heard.append(hear(client, run_id)))
    reader.start()
    far = Far(elsewhere, FakeSandbox("docker"))
    try:
        reader.join(20)
    finally:
        far.stop()
    expected = ["queued", "running", "output", "script", "case", "finished"]
    assert kinds(heard[0]) == expected
    numbers = [told.id for told in heard[0]]
    assert numbers == sorted(set(numbers))
    # Who comes later hears the same, without the waiting.
    assert kinds(hear(client, run_id)) == expected[1:]
    all_of_it = {"Last-Event-ID": str(numbers[-1])}
    assert client.get(f"{RUNS}/{run_id}/events", headers=all_of_it).status_code == 204


@pytest.mark.slow
def test_a_stream_tells_that_an_executor_was_lost(
    client: TestClient, far: Far, elsewhere: Settings
) -> None:
    far.sandbox.may_go.clear()
    run_id = send_ok(client)
    heard: list[list[Told]] = []
    reader = threading.Thread(target=lambda: heard.append(hear(client, run_id)))
    reader.start()
    assert far.sandbox.started.acquire(timeout=10)
    far.vanish()
    other = Far(elsewhere, FakeSandbox("docker"), "other")
    try:
        reader.join(20)
    finally:
        other.stop()
    told = heard[0]
    assert kinds(told)[-3:] == ["running", "case", "finished"]
    states = [(one.data["state"], one.data["losses"]) for one in told if one.event == "state"]
    assert [one for one in states if one[1] == 0][-1] == ("running", 0)
    # That it waits is told where somebody looks before the other has taken it.
    again = [state for state, losses in states if losses == 1]
    assert again in (["queued", "running"], ["running"])
    assert told[-1].data["losses"] == 1
    assert told[-1].data["verdict"]["outcome"] == "passed"


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    with own_postgres() as server:
        yield server


@pytest.fixture
def stoppable(elsewhere: Settings, server: OwnPostgres) -> Settings:
    return dataclasses.replace(elsewhere, database=server.database())


@pytest.mark.slow
def test_a_database_that_is_away_is_said_to_be_and_then_all_goes_on(
    stoppable: Settings, server: OwnPostgres
) -> None:
    app = create_app(stoppable, FakeSandbox())
    with TestClient(app, base_url=LOCAL, raise_server_exceptions=False) as client:
        far = Far(stoppable, FakeSandbox("docker"))
        try:
            until(lambda: slot_state(client) == "ready")
            far.sandbox.may_go.clear()
            run_id = send_ok(client)
            assert far.sandbox.started.acquire(timeout=10)
            waiting = send_ok(client)
            heard: list[list[Told]] = []
            server.stop()
            away_says_so(client, run_id)
            # Its verdict is found while nobody can be told of it.
            far.sandbox.may_go.set()
            threading.Event().wait(1)
            server.start()
            reader = threading.Thread(target=lambda: heard.append(hear(client, run_id)))
            reader.start()
            reader.join(20)
            assert heard[0][-1].data["losses"] == 0, "its executor lived all the time"
            assert finished(client, waiting)["verdict"]["outcome"] == "passed"
            until(lambda: slot_state(client) == "ready")
            assert client.get("/readyz").status_code == 200
            # The sweep works again too: a run whose lease has run out comes back.
            far.sandbox.may_go.clear()
            lost = send_ok(client)
            until(lambda: client.get(f"{RUNS}/{lost}").json()["state"] == "running")
            far.vanish()
            until(lambda: client.get(f"{RUNS}/{lost}").json()["losses"] == 1, 20)
        finally:
            far.stop()


def away_says_so(client: TestClient, run_id: str) -> None:
    for answer in (
        send(client),
        client.get(f"{RUNS}/{run_id}"),
        client.get(f"{RUNS}/{run_id}/events"),
        client.get("/readyz"),
    ):
        assert answer.status_code == 503, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["code"] == "database-away"
        assert answer.headers["Retry-After"] == str(problem["retry_after"])
        assert "socket" not in problem["detail"]
    # What needs no database goes on.
    assert client.get("/healthz").status_code == 200
    assert client.get("/api/v1/system").status_code == 200
    assert client.get("/api/v1/questions").status_code == 200
