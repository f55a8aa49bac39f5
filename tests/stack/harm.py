"""How a test harms the stack, and what it sends meanwhile."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from docker.models.containers import Container
from websockets import Origin
from websockets.sync.client import connect

from tests.e2e.room import answer
from tests.stack.books import Books
from tests.stack.stack import Stack, wait_until
from tests.stack.test_ways import take_seat

HEAL_SECONDS = 60
ROOM_QUESTION = "layer-norm"  # of take_seat
ANSWER = answer("fuse-conv-bn")


def slow(seconds: float) -> str:
    """A right answer that takes its time."""
    return f"import time\ntime.sleep({seconds})\n{ANSWER}"


def send(stack: Stack, code: str, mode: str = "submit") -> str:
    body = {"question": "fuse-conv-bn", "mode": mode, "code": code}
    return str(stack.post("/api/v1/runs", body)["id"])


def crash(container: Container) -> None:
    """As the kernel would: `docker kill` would keep the engine from starting it again."""
    container.reload()
    os.kill(container.attrs["State"]["Pid"], signal.SIGKILL)


def judging(stack: Stack, books: Books, run_id: str) -> Container:
    """The executor that works on this run, once one does."""
    wait_until(lambda: books.run(run_id)["state"] == "running", HEAL_SECONDS)
    name = books.run(run_id)["executor"]
    [found] = [
        one for one in stack.containers("executor") if one.attrs["Config"]["Hostname"] == name
    ]
    return found


def finished(stack: Stack, run_id: str, seconds: float = HEAL_SECONDS) -> dict[str, Any]:
    def is_over() -> bool:
        return stack.get(f"/api/v1/runs/{run_id}")["state"] in ("finished", "our_failure")

    wait_until(is_over, seconds, lambda: str(stack.get(f"/api/v1/runs/{run_id}")))
    found: dict[str, Any] = stack.get(f"/api/v1/runs/{run_id}")
    return found


@contextmanager
def cut_off(*containers: Container) -> Iterator[None]:
    """Without a word to either side, as a cable that is pulled: nothing is refused or closed."""
    pids = [str(one.attrs["State"]["Pid"]) for one in containers]

    def links(state: str) -> None:
        for pid in pids:
            command = ["nsenter", "-t", pid, "-n", "ip", "link", "set", "eth0", state]
            subprocess.run(command, check=True)

    links("down")
    try:
        yield
    finally:
        links("up")


def replaced(stack: Stack, text: str) -> list[Any]:
    """A change that puts `text` in the place of what the question starts with."""
    starter = stack.get(f"/api/v1/questions/{ROOM_QUESTION}")["starter"]
    return [[len(starter), *text.split("\n")]]


@contextmanager
def seat(stack: Stack) -> Iterator[tuple[str, Callable[..., None]]]:
    """A room, and how its candidate's page speaks: what it says is done when `say` returns."""
    address, hello = take_seat(stack)
    with connect(address, origin=Origin(stack.url), close_timeout=0.2) as socket:
        socket.send(hello)
        assert json.loads(socket.recv(10))["type"] == "welcome"
        numbers = count(1)

        def say(kind: str, **body: Any) -> None:
            number = next(numbers)
            message = {"type": "command", "id": number, "kind": kind, "body": body}
            socket.send(json.dumps(message))
            while True:
                heard = json.loads(socket.recv(10))
                assert heard["type"] != "refused", heard
                if number in (heard.get("id"), *(one.get("id") for one in heard.get("events", ()))):
                    return

        yield address.split("/")[-2], say
