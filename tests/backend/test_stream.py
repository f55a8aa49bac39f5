"""Events reach a reader while the run goes on, over a real socket."""

import threading
from collections.abc import Iterator

import httpx2
import pytest
import uvicorn

from backend.app import create_app
from backend.settings import Settings
from tests.backend.fake_sandbox import FakeSandbox
from tests.backend.talk import RUNS, Told, parse, send_ok


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()
        self.address = ""

    async def startup(self, sockets: object = None) -> None:
        await super().startup()
        port = self.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.listening.set()


@pytest.fixture
def server(settings: Settings, sandbox: FakeSandbox) -> Iterator[Server]:
    app = create_app(settings, sandbox)
    server = Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run)
    thread.start()
    assert server.listening.wait(10)
    yield server
    sandbox.may_go.set()
    app.state.parts.live.stop()
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def http(server: Server) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.address, timeout=10) as http:
        yield http


class Reader:
    """Reads one event after the other from an open stream."""

    def __init__(self, response: httpx2.Response) -> None:
        self._lines = response.iter_lines()

    def next(self) -> Told:
        block: list[str] = []
        for line in self._lines:
            if line:
                block.append(line)
            elif block and (told := parse("\n".join(block))):
                return told[0]
            else:
                block = []
        raise AssertionError("the stream ended")


def test_events_come_while_the_run_goes_on(http: httpx2.Client, sandbox: FakeSandbox) -> None:
    sandbox.may_go.clear()
    run_id = send_ok(http, mode="run")
    with http.stream("GET", f"{RUNS}/{run_id}/events") as response:
        reader = Reader(response)
        told = reader.next()
        if told.data["state"] == "queued":
            told = reader.next()
        assert (told.event, told.data["state"]) == ("state", "running")
        assert reader.next().data == {"stream": "stdout", "text": "hello\n"}
        assert reader.next().event == "script"
        assert http.get(f"{RUNS}/{run_id}").json()["state"] == "running"
        sandbox.may_go.set()
        assert reader.next().event == "case"
        last = reader.next()
        assert last.event == "finished"
        assert last.data == http.get(f"{RUNS}/{run_id}").json()


def test_two_readers_hear_the_same(http: httpx2.Client, sandbox: FakeSandbox) -> None:
    sandbox.may_go.clear()
    run_id = send_ok(http, mode="run")
    assert sandbox.started.acquire(timeout=5)
    path = f"{RUNS}/{run_id}/events"
    with http.stream("GET", path) as one, http.stream("GET", path) as two:
        first, second = Reader(one), Reader(two)
        heard = [first.next() for _ in range(3)]
        assert [second.next() for _ in range(3)] == heard
        sandbox.may_go.set()
        assert [first.next() for _ in range(2)] == [second.next() for _ in range(2)]


def test_a_waiting_reader_learns_that_its_place_has_changed(
    http: httpx2.Client, sandbox: FakeSandbox
) -> None:
    sandbox.may_go.clear()
    send_ok(http)
    assert sandbox.started.acquire(timeout=5)
    waiting = send_ok(http)
    with http.stream("GET", f"{RUNS}/{waiting}/events") as response:
        reader = Reader(response)
        first = reader.next()
        assert first.data == {"state": "queued", "position": 1, "losses": 0}
        send_ok(http, mode="run")  # overtakes
        second = reader.next()
        assert second.data == {"state": "queued", "position": 2, "losses": 0}
        assert second.id > first.id
        sandbox.may_go.set()
        assert reader.next().data["state"] == "running"


def test_a_reader_that_leaves_is_forgotten(
    http: httpx2.Client, server: Server, sandbox: FakeSandbox
) -> None:
    sandbox.may_go.clear()
    run_id = send_ok(http)
    with http.stream("GET", f"{RUNS}/{run_id}/events") as response:
        Reader(response).next()
    sandbox.may_go.set()
    with http.stream("GET", f"{RUNS}/{run_id}/events") as response:
        response.read()
    live = server.config.app.state.parts.live  # type: ignore[union-attr]
    for _ in range(100):
        if not live._channels:
            return
        threading.Event().wait(0.05)
    raise AssertionError(f"still kept: {live._channels}")
