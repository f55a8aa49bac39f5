"""A service that ends, or is killed, loses no run; without slots it serves pages and says so."""

import threading

import pytest
from fastapi.testclient import TestClient

from backend.app import create_app
from backend.settings import Settings
from sandbox.errors import SlotUnavailable
from tests.backend.conftest import LOCAL
from tests.backend.fake_sandbox import FakeSandbox
from tests.backend.talk import RUNS, finished, hear, send, send_ok


def start(settings: Settings, sandbox: FakeSandbox) -> TestClient:
    return TestClient(create_app(settings, sandbox), base_url=LOCAL)


def test_a_run_in_the_middle_of_a_stop_is_judged_after_the_start(settings: Settings) -> None:
    held = FakeSandbox()
    held.may_go.clear()
    with start(settings, held) as client:
        first, second = send_ok(client), send_ok(client)
        assert held.started.acquire(timeout=5)
    assert held.closed
    held.may_go.set()
    with start(settings, FakeSandbox()) as client:
        for run_id in (first, second):
            run = finished(client, run_id)
            assert run["state"] == "finished"
            assert run["verdict"]["outcome"] == "passed"


def test_a_judgement_that_fails_because_we_stop_is_not_recorded(settings: Settings) -> None:
    held = FakeSandbox()
    held.may_go.clear()
    held.raises = [SlotUnavailable("the slot was closed")]
    with start(settings, held) as client:
        run_id = send_ok(client)
        assert held.started.acquire(timeout=5)
    held.may_go.set()
    with start(settings, FakeSandbox()) as client:
        assert finished(client, run_id)["state"] == "finished"


def test_events_of_a_second_delivery_are_new_to_who_heard_the_first(settings: Settings) -> None:
    held = FakeSandbox()
    held.may_go.clear()
    with start(settings, held) as client:
        run_id = send_ok(client, mode="run")
        assert held.started.acquire(timeout=5)
    heard_last = 1_000_003
    with start(settings, FakeSandbox()) as client:
        told = hear(client, run_id, after=heard_last)
    kinds = [event.event for event in told if event.data.get("state") != "queued"]
    assert kinds == ["state", "output", "script", "case", "finished"]


def test_what_was_told_survives_a_restart(settings: Settings, sandbox: FakeSandbox) -> None:
    with start(settings, sandbox) as client:
        run_id = send_ok(client, mode="run")
        finished(client, run_id)
        told = hear(client, run_id)
    with start(settings, FakeSandbox()) as client:
        assert hear(client, run_id) == told


def test_pages_are_served_and_runs_wait_while_slots_warm_up(settings: Settings) -> None:
    sandbox = FakeSandbox()
    sandbox.may_open.clear()
    with start(settings, sandbox) as client:
        assert client.get("/api/v1/questions").status_code == 200
        assert client.get("/healthz").json() == {"status": "ok"}
        not_ready = client.get("/readyz")
        assert not_ready.status_code == 503
        assert not_ready.headers["retry-after"] == "1"
        system = client.get("/api/v1/system").json()
        assert (system["slot"]["kind"], system["slot"]["state"]) == ("", "starting")
        run_id = send_ok(client)
        assert client.get(f"{RUNS}/{run_id}").json()["state"] == "queued"
        sandbox.may_open.set()
        assert finished(client, run_id)["state"] == "finished"
        assert client.get("/readyz").status_code == 200


def test_without_a_slot_a_run_is_put_off_and_taken_once_there_is_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.executor.REOPEN_SECONDS", 0.05)
    sandbox = FakeSandbox()
    sandbox.opens_with = [SlotUnavailable("no engine answers. Install docker.io.")]
    failed, ready = threading.Event(), threading.Event()
    app = create_app(settings, sandbox)

    def note(status: object) -> None:
        state = app.state.parts.slots.status.state
        if state == "failed":
            sandbox.may_open.clear()
            failed.set()
        if state == "ready":
            ready.set()

    app.state.parts.slots.watch(note)
    with TestClient(app, base_url=LOCAL) as client:
        assert failed.wait(5)
        refused = send(client)
        assert refused.status_code == 503
        assert refused.json()["code"] == "no-slot"
        assert "Install docker.io." in refused.json()["detail"]
        assert int(refused.headers["retry-after"]) > 0
        assert client.get("/api/v1/system").json()["slot"]["problem"].startswith("no engine")
        sandbox.may_open.set()
        assert ready.wait(5)
        assert finished(client, send_ok(client))["state"] == "finished"


def test_process_slots_carry_a_warning_and_others_do_not(settings: Settings) -> None:
    for kind, warned in (("process", True), ("bubblewrap", False)):
        with start(settings, FakeSandbox(kind)) as client:
            finished(client, send_ok(client))
            slot = client.get("/api/v1/system").json()["slot"]
        assert slot["kind"] == kind
        assert slot["layers"] == [{"name": "network", "holds": False, "detail": "the host's own"}]
        assert bool(slot["warning"]) is warned
