"""How tests talk to a room: its links over HTTP, its socket as a page would."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession

from backend.app import create_app
from backend.room.changes import apply_all
from backend.settings import Settings
from tests.backend.conftest import LOCAL
from tests.backend.example_question import write_question
from tests.backend.fake_sandbox import FakeSandbox

ROOMS = "/api/v1/rooms"
CODE = "code/scale-rows"


@pytest.fixture(scope="module")
def one_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """For many small tests, each with a room of its own. A module says `client = one_service`."""
    folder = tmp_path_factory.mktemp("service")
    for slug in ("scale-rows", "other-rows"):
        write_question(folder / "questions", slug)
    settings = Settings(
        data=folder / "data", questions=folder / "questions", frontend=folder / "dist"
    )
    app = create_app(settings, FakeSandbox())
    with TestClient(app, base_url=LOCAL, raise_server_exceptions=False) as client:
        yield client


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
    starters: dict[str, str] = field(default_factory=dict)

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
            found = None
            for event in message.get("events", ()):
                if event["kind"] == "opened":
                    self.starters[event["body"]["document"]] = event["body"]["text"]
                if event.get("id") == number:
                    found = dict(event)
            if found is not None:
                return found
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

    def replace_all(self, text: str, document: str = CODE) -> None:
        """The first edit of a document of which only its beginning is known."""
        starter = self.starters.get(document)
        while starter is None:
            opened = self.hear_event("opened")["body"]
            self.starters[opened["document"]] = opened["text"]
            starter = self.starters.get(document)
        self.edit(0, [[len(starter), *text.split("\n")]], document=document)

    def hear_event(self, kind: str) -> dict[str, Any]:
        while True:
            for event in self.hear("events")["events"]:
                if event["kind"] == kind:
                    return dict(event)


def typed(client: TestClient, links: Links, document: str = CODE) -> str:
    """The text as the log has it, read back as the interviewer."""
    answer = client.get(f"{ROOMS}/{links.id}/log", headers=links.headers("interviewer"))
    text = ""
    for event in answer.json()["events"]:
        body = event["body"]
        if event["kind"] == "opened" and body["document"] == document:
            text = body["text"]
        if event["kind"] == "edit" and body["document"] == document:
            text = apply_all(text, body["changes"])
    return text


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
