"""What somebody sends to a stack without a browser, and what comes back."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from websockets import Origin
from websockets.sync.client import connect

from tests.e2e.room import answer
from tests.stack.stack import Stack, wait_until

RESULT_SECONDS = 60
ROOM_QUESTION = "layer-norm"
ANSWER = answer("fuse-conv-bn")


def slow(seconds: float) -> str:
    """A right answer that takes its time."""
    return f"import time\ntime.sleep({seconds})\n{ANSWER}"


def send(stack: Stack, code: str, mode: str = "submit") -> str:
    body = {"question": "fuse-conv-bn", "mode": mode, "code": code}
    return str(stack.post("/api/v1/runs", body)["id"])


def finished(stack: Stack, run_id: str, seconds: float = RESULT_SECONDS) -> dict[str, Any]:
    """The run, once it has ended in one way or the other."""

    def is_over() -> bool:
        return stack.get(f"/api/v1/runs/{run_id}")["state"] in ("finished", "our_failure")

    wait_until(is_over, seconds, lambda: str(stack.get(f"/api/v1/runs/{run_id}")))
    found: dict[str, Any] = stack.get(f"/api/v1/runs/{run_id}")
    return found


def take_seat(stack: Stack) -> tuple[str, str]:
    """The address of a new room's socket, and the first message of its candidate."""
    made = stack.post("/api/v1/rooms", {"candidate": "Ada", "question": ROOM_QUESTION})
    secret = made["candidate_link"].rpartition("#")[2]
    address = f"{stack.url.replace('http', 'ws', 1)}/api/v1/rooms/{made['id']}/socket"
    return address, json.dumps({"type": "hello", "secret": secret, "client": "c", "since": None})


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
