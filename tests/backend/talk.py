"""How tests talk to the service: send code, and hear everything until the run has ended."""

import json
from dataclasses import dataclass
from typing import Any

from tests.backend.fake_sandbox import ANSWER

RUNS = "/api/v1/runs"


@dataclass(frozen=True)
class Told:
    id: int
    event: str
    data: Any


def send(client: Any, code: str = ANSWER, mode: str = "submit", **headers: str) -> Any:
    body = {"question": "scale-rows", "mode": mode, "code": code}
    return client.post(RUNS, json=body, headers=headers)


def send_ok(client: Any, code: str = ANSWER, mode: str = "submit") -> str:
    answer = send(client, code, mode)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def hear(client: Any, run_id: str, after: int = 0) -> list[Told]:
    """All events until the stream ends, which is when the run has."""
    answer = client.get(f"{RUNS}/{run_id}/events", headers={"Last-Event-ID": str(after)})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return parse(answer.text)


def parse(stream: str) -> list[Told]:
    events = []
    for block in stream.split("\n\n"):
        fields = dict(
            line.split(": ", 1) for line in block.splitlines() if not line.startswith(":")
        )
        if fields:
            events.append(Told(int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return events


def finished(client: Any, run_id: str) -> Any:
    """The run, once it has ended."""
    last = hear(client, run_id)[-1]
    assert last.event == "finished"
    return last.data
