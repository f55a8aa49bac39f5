"""The whole service on Postgres, and what only happens where two may write at the same time."""

import dataclasses
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from backend.app import create_app
from backend.dependencies import Parts
from backend.runs import service
from backend.runs.schemas import NewRun
from backend.settings import Settings
from tests.backend.conftest import LOCAL
from tests.backend.fake_sandbox import ANSWER, FakeSandbox
from tests.backend.talk import finished, hear, send, send_ok


@pytest.fixture
def client(
    settings: Settings, sandbox: FakeSandbox, migrated_postgres_url: str
) -> Iterator[TestClient]:
    shared = dataclasses.replace(settings, database=migrated_postgres_url, slots=2)
    app = create_app(shared, sandbox)
    with TestClient(app, base_url=LOCAL) as client:
        client.app.state.parts = app.state.parts  # type: ignore[attr-defined]
        yield client


def test_a_run_is_judged_and_told_again(client: TestClient) -> None:
    run_id = send_ok(client, mode="run")
    assert finished(client, run_id)["verdict"]["outcome"] == "passed"
    assert [event.event for event in hear(client, run_id)][-3:] == ["script", "case", "finished"]


def test_two_slots_work_at_the_same_time(client: TestClient, sandbox: FakeSandbox) -> None:
    sandbox.may_go.clear()
    runs = [send_ok(client), send_ok(client)]
    assert sandbox.started.acquire(timeout=5)
    assert sandbox.started.acquire(timeout=5)
    sandbox.may_go.set()
    assert [finished(client, run_id)["state"] for run_id in runs] == ["finished"] * 2


def test_the_same_request_twice_at_the_same_time_is_one_run(client: TestClient) -> None:
    parts: Parts = client.app.state.parts  # type: ignore[attr-defined]
    answers: list[Any] = []
    second = threading.Thread(
        target=lambda: answers.append(send(client, **{"Idempotency-Key": "k"}))
    )
    with parts.database.write() as session:
        first = service.submit(
            session,
            parts.bank,
            parts.intake,
            parts.slots.status,
            NewRun(question="scale-rows", mode="submit", code=ANSWER),
            idempotency_key="k",
            code_limit=65536,
            queue_limit=3,
            now=parts.clock(),
        )
        second.start()
        until_somebody_waits_for_a_lock(parts)
    second.join(10)
    assert answers[0].status_code == 202
    assert answers[0].json()["id"] == first.id


def until_somebody_waits_for_a_lock(parts: Parts) -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _ in range(500):
        with parts.database.read() as session:
            if session.scalar(waiting):
                return
        threading.Event().wait(0.01)
    raise AssertionError("nobody waits")
