"""How the stack starts, stops and starts again."""

import contextlib
import json
import re
import time
import urllib.request
from datetime import datetime

import pytest
from websockets import CloseCode, ConnectionClosed, Origin
from websockets.sync.client import ClientConnection, connect

from tests.stack.stack import SERVICES, Stack
from tests.stack.visitor import finished, take_seat

ENDLESS = "print('on', flush=True)\nwhile True: pass"
STOP_SECONDS = 5.0
HEALTHY_SECONDS = 60.0


def moment(text: str) -> float:
    """One of the engine's times, which have nanoseconds."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})?\d*Z$", r"\1+00:00", text)).timestamp()


def farewell(seat: ClientConnection) -> int | None:
    """The code with which the service closed the socket."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            seat.recv(5)
    return seat.close_code


def stopping(stack: Stack, service: str, since: float) -> float:
    """How long the service took from being asked to stop until it had. Both times are the engine's:
    in which order Compose asks, and how soon, is not the service's."""
    container = stack.container(service)
    asked = stack.client.events(
        # A second on both sides: the engine wants whole ones.
        since=int(since),
        until=int(time.time()) + 1,
        filters={"container": container.id, "event": "kill"},
        decode=True,
    )
    first = min(int(event["timeNano"]) for event in asked) / 1e9
    return moment(container.attrs["State"]["FinishedAt"]) - first


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
            took = {name: stopping(stack, name, started) for name in SERVICES}
            found = ends(stack)
            goodbye = farewell(seat)
        finally:
            stack.up()
            stack.wait_healthy()
    assert found == dict.fromkeys(SERVICES, (0, False))
    assert max(took.values()) < STOP_SECONDS, took
    assert goodbye == CloseCode.SERVICE_RESTART
    assert finished(stack, run["id"])["verdict"]["script"]["outcome"] == "timed_out"


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


def tell(capsys: pytest.CaptureFixture[str], stack: Stack, command: str) -> None:
    """A figure that is wanted also where the test passes."""
    with capsys.disabled():
        print(f"\n{command}, on built images: healthy after {stack.seconds_to_healthy:.1f} s")


def test_it_is_healthy_within_a_minute_of_the_command(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(capsys, stack, "up")
    assert 0 < stack.seconds_to_healthy < HEALTHY_SECONDS


def test_one_service_alone_is_healthy_within_a_minute_too(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    solo = Stack(stack.client, stack.folder)
    try:
        solo.start("solo")
        tell(capsys, solo, "up solo")
        assert solo.seconds_to_healthy < HEALTHY_SECONDS
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
        assert stopping(solo, "solo", started) < STOP_SECONDS
        solo.up("solo")
        solo.wait_healthy("solo")
        assert solo.get(f"/api/v1/runs/{run['id']}") == before
    finally:
        solo.down()
