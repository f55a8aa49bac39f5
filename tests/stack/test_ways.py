"""How the stack starts, stops and starts again."""

import contextlib
import json
import re
import time
import urllib.request
from datetime import datetime
from typing import Any

from websockets import CloseCode, ConnectionClosed, Origin
from websockets.sync.client import ClientConnection, connect

from tests.stack.stack import SERVICES, Stack, wait_until

ENDLESS = "print('on', flush=True)\nwhile True: pass"
# How long Compose itself takes to begin is not the service's: an engine's own times are compared.
STOP_SECONDS = 5.0


def moment(text: str) -> float:
    """One of the engine's times, which have nanoseconds."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})?\d*Z$", r"\1+00:00", text)).timestamp()


def take_seat(stack: Stack) -> tuple[str, str]:
    """The address of a new room's socket, and the first message of its candidate."""
    made = stack.post("/api/v1/rooms", {"candidate": "Ada", "question": "layer-norm"})
    secret = made["candidate_link"].rpartition("#")[2]
    address = f"{stack.url.replace('http', 'ws', 1)}/api/v1/rooms/{made['id']}/socket"
    return address, json.dumps({"type": "hello", "secret": secret, "client": "c", "since": None})


def farewell(seat: ClientConnection) -> int | None:
    """The code with which the service closed the socket."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            seat.recv(5)
    return seat.close_code


def ends(stack: Stack) -> dict[str, tuple[int, bool]]:
    """Exit code of each service, and whether its memory was full."""
    states = {name: stack.state(name) for name in SERVICES}
    return {name: (state["ExitCode"], state["OOMKilled"]) for name, state in states.items()}


def test_it_stops_within_five_seconds_while_streams_and_sockets_are_open(stack: Stack) -> None:
    run = stack.post("/api/v1/runs", {"question": "layer-norm", "mode": "run", "code": ENDLESS})
    events = f"{stack.url}/api/v1/runs/{run['id']}/events"
    address, hello = take_seat(stack)
    with (
        urllib.request.urlopen(events, timeout=30) as stream,
        connect(address, origin=Origin(stack.url), close_timeout=0.2) as seat,
    ):
        seat.send(hello)
        assert json.loads(seat.recv(10))["type"] == "welcome"
        assert stream.readline()
        started = time.time()
        stack.compose("stop")
        try:
            took = {name: moment(stack.state(name)["FinishedAt"]) - started for name in SERVICES}
            found = ends(stack)
            goodbye = farewell(seat)
        finally:
            stack.up()
            stack.wait_healthy()
    assert found == dict.fromkeys(SERVICES, (0, False))
    assert max(took.values()) < STOP_SECONDS, took
    assert goodbye == CloseCode.SERVICE_RESTART
    assert finished(stack, run["id"])["verdict"]["script"]["outcome"] == "timed_out"


def finished(stack: Stack, run_id: str, seconds: float = 60) -> dict[str, Any]:
    """The run, once it has a result."""
    address = f"/api/v1/runs/{run_id}"
    wait_until(lambda: stack.get(address)["state"] in ("finished", "failed"), seconds)
    found: dict[str, Any] = stack.get(address)
    return found


def test_up_again_changes_nothing_and_keeps_what_was_there(stack: Stack) -> None:
    run = stack.post("/api/v1/runs", {"question": "layer-norm", "mode": "run", "code": "x = 1\n"})
    before = finished(stack, run["id"])
    secret = stack.exec("web", "cat", "/secrets/owner/password")
    ids = {name: (stack.container(name).id, stack.state(name)["StartedAt"]) for name in SERVICES}
    stack.up()
    assert ids == {
        name: (stack.container(name).id, stack.state(name)["StartedAt"]) for name in SERVICES
    }
    # And with containers of another make: what counts is in the volumes.
    stack.compose("up", "-d", "--force-recreate")
    stack.wait_healthy()
    assert stack.exec("web", "cat", "/secrets/owner/password") == secret
    assert stack.get(f"/api/v1/runs/{run['id']}") == before
    again = stack.post("/api/v1/runs", {"question": "layer-norm", "mode": "run", "code": "x = 1\n"})
    assert finished(stack, again["id"])["state"] == "finished"


def test_it_is_healthy_within_a_minute_and_one_service_alone_is_too(stack: Stack) -> None:
    solo = Stack(stack.client, stack.folder)
    try:
        solo.up("solo")
        solo.wait_healthy("solo", seconds=60)
        assert {one for one in ("db", "web", "executor") if solo.containers(one)} == set()
        status = solo.exec("solo", "cat", "/proc/1/status")
        assert re.search(r"^Uid:\s+10001\s", status, re.MULTILINE)
        assert re.search(r"^CapBnd:\s+0+$", status, re.MULTILINE)
        run = solo.post(
            "/api/v1/runs", {"question": "layer-norm", "mode": "run", "code": "x = 1\n"}
        )
        before = finished(solo, run["id"])
        assert before["state"] == "finished"
        assert solo.url in solo.logs("solo")
        started = time.time()
        solo.compose("--profile", "sqlite", "stop")
        assert solo.state("solo")["ExitCode"] == 0
        assert moment(solo.state("solo")["FinishedAt"]) - started < STOP_SECONDS
        solo.up("solo")
        solo.wait_healthy("solo")
        assert solo.get(f"/api/v1/runs/{run['id']}") == before
    finally:
        solo.down()
