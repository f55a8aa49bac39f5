"""How tests talk to a room: its links over HTTP, its socket as a page would."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession

from tests.backend.conftest import LOCAL

ROOMS = "/api/v1/rooms"
CODE = "code/scale-rows"


@dataclass(frozen=True)
class Links:
    id: str
    candidate: str
    interviewer: str

    def secret(self, role: str) -> str:
        return self.candidate if role == "candidate" else self.interviewer

    def headers(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret(role)}"}


def make_room(client: TestClient, **fields: Any) -> Links:
    body = {"question": "scale-rows", "script": False, **fields}
    answer = client.post(ROOMS, json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    candidate, interviewer = (
        made[link].partition("#")[2] for link in ("candidate_link", "interviewer_link")
    )
    return Links(made["id"], candidate, interviewer)


@dataclass
class Page:
    """One open page: what it was told, and the means to say something."""

    socket: WebSocketTestSession
    client: str
    welcome: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    def say(self, message: object) -> None:
        self.socket.send_text(message if isinstance(message, str) else json.dumps(message))

    def hear(self, *kinds: str) -> dict[str, Any]:
        """The next message of one of these types; others are passed over."""
        while True:
            message: dict[str, Any] = json.loads(self.socket.receive_text())
            if message["type"] in kinds:
                return message

    def send(self, kind: str, **body: Any) -> int:
        """A command, not waited for; its number."""
        self.number += 1
        self.say({"type": "command", "id": self.number, "kind": kind, "body": body})
        return self.number

    def do(self, kind: str, **body: Any) -> dict[str, Any]:
        """A command and its acknowledgement: the event that carries its number."""
        number = self.send(kind, **body)
        while True:
            message = self.hear("events", "refused", "done")
            assert message["type"] != "refused" or message["id"] != number, message
            for event in message.get("events", ()):
                if event.get("id") == number:
                    return dict(event)
            if message.get("id") == number:
                return message

    def refused(self, kind: str, **body: Any) -> dict[str, Any]:
        number = self.send(kind, **body)
        answer = self.hear("refused")
        assert answer["id"] == number, answer
        return answer

    def edit(self, version: int, *changes: list[Any], document: str = CODE) -> dict[str, Any]:
        return self.do(
            "edit",
            document=document,
            version=version,
            client=self.client,
            changes=list(changes),
        )

    def hear_event(self, kind: str) -> dict[str, Any]:
        while True:
            for event in self.hear("events")["events"]:
                if event["kind"] == kind:
                    return dict(event)


@contextmanager
def page(
    client: TestClient,
    links: Links,
    role: str = "candidate",
    name: str = "page1",
    since: int | None = None,
    **hello: Any,
) -> Iterator[Page]:
    address = f"{LOCAL.replace('http', 'ws')}{ROOMS}/{links.id}/socket"
    with client.websocket_connect(address, headers={"Origin": LOCAL}) as socket:
        opened = Page(socket, name)
        opened.say(
            {
                "type": "hello",
                "secret": links.secret(role),
                "client": name,
                "since": since,
                **hello,
            }
        )
        first = opened.hear("welcome", "bye")
        assert first["type"] == "welcome", first
        opened.welcome = first
        yield opened
