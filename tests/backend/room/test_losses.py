"""A bad network, and a service that is killed: no acknowledged edit is lost, and what was not
acknowledged is sent again. With the service as a process of its own."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from backend.room.changes import apply_all
from tests.backend.example_question import write_question
from tests.backend.room.room_talk import CODE, ROOMS, Links
from tests.load.lossy import LossyProxy
from tests.load.typist import Typist

pytestmark = pytest.mark.slow


class Service:
    """`torchroom serve`, on the port that it had when it is started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.address = ""
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "backend.cli", "serve", "--slot", "process"]
        command += ["--port", str(self.port), "--data", str(self.folder / "data")]
        command += ["--questions", str(self.folder / "questions")]
        with (self.folder / "talk.txt").open("ab") as talk:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=talk)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().decode().strip()
        assert self.address, (self.folder / "talk.txt").read_text()
        self.port = urlsplit(self.address).port or 0

    def kill(self) -> None:
        """End it, or clear away what has ended."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def begin(self) -> Links:
        """A room in its coding stage."""
        with httpx2.Client(base_url=self.address, timeout=30) as http:
            body = {"question": "scale-rows", "script": False, "clock": False}
            made = http.post(ROOMS, json=body).json()
            candidate, interviewer = (
                made[link].partition("#")[2] for link in ("candidate_link", "interviewer_link")
            )
            links = Links(made["id"], candidate, interviewer)
            event = {"key": "begin:1", "kind": "next", "body": {"stage": -1}}
            begun = http.post(
                f"{ROOMS}/{links.id}/events", json=event, headers=links.headers("interviewer")
            )
            assert begun.status_code == 201, begun.text
        return links

    def log(self, links: Links) -> list[dict[str, Any]]:
        with httpx2.Client(base_url=self.address, timeout=30) as http:
            path = f"{ROOMS}/{links.id}/log"
            return list(http.get(path, headers=links.headers("interviewer")).json()["events"])


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    write_question(tmp_path / "questions", "scale-rows")
    service = Service(tmp_path)
    yield service
    service.kill()


def typists(address: str, links: Links) -> tuple[Typist, Typist]:
    return (
        Typist(address, links.id, links.candidate, "ann", CODE),
        Typist(address, links.id, links.interviewer, "bob", CODE),
    )


def check(service: Service, links: Links, people: tuple[Typist, ...], words: int) -> str:
    """The log holds every acknowledged edit once, and gives the text that is on every screen."""
    log = service.log(links)
    text = ""
    found: dict[str, list[int]] = {}
    for event in log:
        body = event["body"]
        if event["kind"] == "opened" and body["document"] == CODE:
            text = body["text"]
        if event["kind"] == "edit":
            text = apply_all(text, body["changes"])
            [token] = [part[1] for part in body["changes"][0] if isinstance(part, list)]
            found.setdefault(token, []).append(event["seq"])
    seqs = [event["seq"] for event in log]
    assert seqs == list(range(1, len(seqs) + 1))
    for person in people:
        assert len(person.acknowledged) == words
        for typed in person.acknowledged:
            assert found[typed.token] == [typed.seq], typed
        assert person.text == text
    return text


async def both(people: tuple[Typist, Typist], type_all: Coroutine[Any, Any, None]) -> None:
    """Keep both connected while they type, until both have seen everything."""
    living = [asyncio.create_task(person.live()) for person in people]
    try:
        await type_all
        async with asyncio.timeout(20):
            while people[0].seq != people[1].seq or people[0].text != people[1].text:
                await asyncio.sleep(0.05)
    finally:
        for task in living:
            task.cancel()
        outcomes = await asyncio.gather(*living, return_exceptions=True)
    for outcome in outcomes:
        assert isinstance(outcome, asyncio.CancelledError), outcome


def test_two_who_type_at_once_have_the_same_text(service: Service) -> None:
    links = service.begin()
    people = typists(service.address, links)

    async def type_all() -> None:
        for number in range(60):
            for person in people:
                person.type(f"<{person.client} {number} 😀>")
            await asyncio.sleep(0.005)
        for person in people:
            await person.finish(30)

    asyncio.run(both(people, type_all()))
    text = check(service, links, people, 60)
    assert all(f"<{name} {number} 😀>" for name in ("ann", "bob") for number in range(60))
    assert len(text) > 120 * 8
    assert sum(len(person.refused) for person in people) > 0, "they were to get in each other's way"


def test_a_network_that_loses_a_fifth_loses_no_acknowledged_edit(service: Service) -> None:
    links = service.begin()

    async def whole() -> tuple[tuple[Typist, Typist], LossyProxy]:
        proxy = LossyProxy("127.0.0.1", service.port, loss=0.2)
        address = await proxy.start()
        # The page's own origin is the service's, whatever is in between.
        people = typists(service.address, links)
        for person in people:
            person.through = address

        async def type_all() -> None:
            for number in range(60):
                for person in people:
                    person.type(f"<{person.client} {number}>")
                await asyncio.sleep(0.02)
            for person in people:
                await person.finish(90)

        try:
            await both(people, type_all())
        finally:
            await proxy.stop()
        return people, proxy

    people, proxy = asyncio.run(whole())
    assert proxy.lost > 20
    assert proxy.lost / (proxy.lost + proxy.passed) > 0.1
    assert all(person.connections > 5 for person in people)
    check(service, links, people, 60)


def test_a_service_that_is_killed_loses_no_acknowledged_edit(service: Service) -> None:
    links = service.begin()
    people = typists(service.address, links)

    async def type_all() -> None:
        for number in range(90):
            for person in people:
                person.type(f"<{person.client} {number}>")
            await asyncio.sleep(0.01)
            if number in (30, 60):
                # In the middle of it: what is under way now may or may not have been stored.
                service.kill()
                await asyncio.to_thread(service.start)
        for person in people:
            await person.finish(60)

    asyncio.run(both(people, type_all()))
    assert all(person.connections >= 3 for person in people)
    check(service, links, people, 90)


def test_a_service_that_is_told_to_stop_sends_its_pages_away_and_ends(service: Service) -> None:
    links = service.begin()

    async def stay() -> tuple[dict[str, Any], int | None, float]:
        address = f"{service.address.replace('http', 'ws')}{ROOMS}/{links.id}/socket"
        async with connect(address, origin=Origin(service.address)) as socket:
            hello = {"type": "hello", "secret": links.candidate, "client": "page1"}
            await socket.send(json.dumps(hello))
            assert json.loads(await socket.recv())["type"] == "welcome"
            started = time.monotonic()
            service.process.send_signal(signal.SIGTERM)
            try:
                while (message := json.loads(await socket.recv()))["type"] != "bye":
                    pass
                await socket.wait_closed()
            except ConnectionClosed:
                message = {}
            code = await asyncio.to_thread(service.process.wait, 10)
            assert code == 0
            return message, socket.close_code, time.monotonic() - started

    bye, close_code, took = asyncio.run(stay())
    assert bye["code"] == "stopping"
    assert close_code == 1012
    assert took < 3
