"""What the socket does not carry out: named, nothing lost, and the socket stays open."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from tests.backend.conftest import LOCAL
from tests.backend.room.room_talk import (
    CODE,
    ROOMS,
    Links,
    Page,
    make_room,
    one_service,
    page,
    typed,
)

SOCKET = LOCAL.replace("http", "ws")


client = one_service


@pytest.fixture
def links(client: TestClient) -> Links:
    return make_room(client, practice=False)


@pytest.fixture
def candidate(client: TestClient, links: Links) -> Iterator[Page]:
    """In the coding stage, with one edit made."""
    with page(client, links) as opened:
        opened.do("next", stage=-1)
        opened.replace_all("first\n")
        yield opened


def edit(**changes: Any) -> dict[str, Any]:
    body = {"document": CODE, "version": 1, "client": "page1", "changes": [[6, [0, "x"]]]}
    return body | changes


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (edit(version=0), "stale"),
        (edit(version=2), "out-of-order"),
        (edit(version=2**40), "out-of-order"),
        (edit(version=-1), "invalid-request"),
        (edit(version="1"), "invalid-request"),
        (edit(version=1.0), "invalid-request"),
        (edit(version=True), "invalid-request"),
        (edit(changes=[]), "invalid-request"),
        (edit(changes=[[6, [0, {}]]]), "invalid-request"),
        (edit(changes=[[5, [0, "x"]]]), "length"),
        (edit(changes=[[6, [0, "x"]], [6]]), "length"),
        (edit(changes=[[10**18]]), "length"),
        (edit(changes=[[-6, [0, "x"]]]), "invalid"),
        (edit(changes=[[6, [0, "a\nb"]]]), "invalid"),
        (edit(changes=[[6, [0, "a\0b"]]]), "invalid"),
        (edit(changes=[[6, [0, "\ud83d"]]]), "half-character"),
        (edit(changes=[[6, [0, "x" * 65536]]]), "too-large"),
        (edit(changes=[[6, [0, "é" * 32768]]]), "too-large"),
        (edit(document="code/other-rows"), "unknown-document"),
        (edit(document="notes"), "unknown-document"),
        (edit(document="../etc/passwd"), "unknown-document"),
        (edit(client="page2"), "forged-author"),
        (edit(author="interviewer"), "forged-author"),
        (edit(seq=7), "invalid-request"),
        (edit(pasted=-1), "invalid-request"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused_and_changes_nothing(
    client: TestClient, links: Links, candidate: Page, body: dict[str, Any], code: str
) -> None:
    refused = candidate.refused("edit", **body)
    assert refused["code"] == code, refused
    assert refused["detail"]
    if code in ("stale", "out-of-order"):
        assert refused["version"] == 1
    # Nothing was lost by it, and the next edit is taken.
    candidate.edit(1, [6, [0, "more"]])
    assert typed(client, links) == "first\nmore"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("", "not-json"),
        ("{", "not-json"),
        ("[1]", "not-json"),
        ("null", "not-json"),
        ('{"type":"command","id":1,"kind":"cursor","body":{"anchor":NaN}}', "not-json"),
        ('{"type":"command","id":Infinity}', "not-json"),
        ('{"type":"command","id":' + "9" * 5000 + "}", "not-json"),
        ("[" * 60_000, "not-json"),
        ("{" + '"a":{' * 60_000, "not-json"),
        ({"type": "hello", "secret": "x", "client": "y"}, "unknown-kind"),
        ({"type": "nonsense"}, "unknown-kind"),
        ({}, "unknown-kind"),
        ({"type": "command", "id": 7, "kind": "verdict", "body": {}}, "unknown-kind"),
        ({"type": "command", "id": 7, "kind": "joined", "body": {}}, "unknown-kind"),
        ({"type": "command", "id": 7, "kind": "\ud800", "body": {}}, "half-character"),
        ({"type": "command", "id": 7, "kind": "say", "body": {"text": "\ud800"}}, "half-character"),
        ({"type": "command", "id": 7, "kind": "say", "body": {"text": "a\0b"}}, "invalid"),
        ({"type": "command", "id": 7, "kind": "say", "body": {"text": ""}}, "invalid-request"),
        ({"type": "command", "id": 7, "kind": "say", "body": {"text": "x" * 4001}},
         "invalid-request"),
        ({"type": "command", "id": 7, "kind": "say", "body": []}, "invalid-request"),
        ({"type": "command", "id": -7, "kind": "say", "body": {"text": "x"}}, "invalid-request"),
        ({"type": "command", "id": "7", "kind": "say", "body": {"text": "x"}}, "invalid-request"),
        ({"type": "command", "id": 7, "kind": "say", "body": {"text": "x"}, "at": "now"},
         "invalid-request"),
        ({"type": "command", "id": 7, "kind": "say", "body": {"text": "x"},
          "author": "interviewer"}, "forged-author"),
        ({"type": "command", "id": 7, "kind": "cursor",
          "body": {"document": CODE, "client": "page9", "anchor": 0, "head": 0}}, "forged-author"),
        ({"type": "command", "id": 7, "kind": "score", "body": {}}, "not-allowed"),
        ({"type": "command", "id": 7, "kind": "take-over", "body": {}}, "not-allowed"),
        ({"type": "command", "id": 7, "kind": "next", "body": {"stage": 5}}, "wrong-phase"),
        ({"type": "command", "id": 7, "kind": "run",
          "body": {"question": "other-rows", "mode": "run"}}, "invalid"),
        ({"type": "ping"}, "invalid-request"),
        ("x" * 400_000, "too-large"),
    ],
)  # fmt: skip
def test_a_message_that_is_none_is_refused_and_the_socket_stays_open(
    client: TestClient, links: Links, candidate: Page, message: object, code: str
) -> None:
    candidate.say(message)
    refused = candidate.hear("refused")
    assert refused["code"] == code, refused
    if isinstance(message, dict) and message.get("id") == 7:
        assert refused["id"] == 7
    candidate.edit(1, [6, [0, "more"]])
    assert typed(client, links) == "first\nmore"


def test_bytes_are_refused(candidate: Page) -> None:
    candidate.socket.send_bytes(b'{"type":"ping","id":1}')
    assert candidate.hear("refused")["code"] == "not-json"
    candidate.say({"type": "ping", "id": 4})
    assert candidate.hear("pong")["id"] == 4


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 403, "no-origin"),
        ({"Origin": "https://evil.example"}, 403, "foreign-origin"),
        ({"Origin": "null"}, 403, "foreign-origin"),
        ({"Origin": "http://127.0.0.1:9999"}, 403, "foreign-origin"),
        ({"Origin": LOCAL, "Host": "evil.example"}, 421, "unknown-host"),
        ({"Origin": "http://evil.example", "Host": "evil.example"}, 421, "unknown-host"),
    ],
)
def test_a_socket_of_another_page_is_never_opened(
    client: TestClient, links: Links, headers: dict[str, str], status: int, code: str
) -> None:
    address = f"{SOCKET}{ROOMS}/{links.id}/socket"
    opening = client.websocket_connect(address, headers=headers)
    with pytest.raises(WebSocketDenialResponse) as denied, opening:
        pass
    assert denied.value.status_code == status
    assert denied.value.json()["code"] == code


@pytest.mark.parametrize(
    ("hello", "close", "code"),
    [
        ({"secret": "wrong"}, 4404, "no-such-room"),
        ({"secret": ""}, 4404, "no-such-room"),
        ({"secret": "\ud800"}, 4000, "half-character"),
        ({"type": "command"}, 4000, "invalid-request"),
        ({"client": "has space"}, 4000, "invalid-request"),
        ({"client": "x" * 41}, 4000, "invalid-request"),
        ({"since": -1}, 4000, "invalid-request"),
        ({"since": 10**30}, 4000, "invalid-request"),
        ({"role": "interviewer"}, 4000, "invalid-request"),
    ],
)
def test_who_does_not_come_with_the_links_secret_is_sent_away(
    client: TestClient, links: Links, hello: dict[str, Any], close: int, code: str
) -> None:
    said = {"type": "hello", "secret": links.candidate, "client": "page1", **hello}
    assert sent_away(client, links.id, json.dumps(said)) == (close, code)


def sent_away(client: TestClient, room: str, first: str | bytes) -> tuple[int, str]:
    """The close code, and the code of the farewell."""
    address = f"{SOCKET}{ROOMS}/{room}/socket"
    with client.websocket_connect(address, headers={"Origin": LOCAL}) as socket:
        if isinstance(first, bytes):
            socket.send_bytes(first)
        else:
            socket.send_text(first)
        bye = json.loads(socket.receive_text())
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert bye["type"] == "bye"
    return closed.value.code, bye["code"]


def test_the_first_message_is_a_hello_and_comes_in_time(
    client: TestClient, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sent_away(client, links.id, "hello?") == (4000, "not-json")
    assert sent_away(client, links.id, b"{}") == (4000, "not-json")
    monkeypatch.setattr("backend.room.socket.HELLO_SECONDS", 0.05)
    address = f"{SOCKET}{ROOMS}/{links.id}/socket"
    with client.websocket_connect(address, headers={"Origin": LOCAL}) as socket:
        assert json.loads(socket.receive_text())["code"] == "no-hello"


def test_somebody_elses_room_is_not_there(client: TestClient, links: Links) -> None:
    other = make_room(client)
    said = {"type": "hello", "secret": other.interviewer, "client": "page1"}
    assert sent_away(client, links.id, json.dumps(said)) == (4404, "no-such-room")
    assert sent_away(client, "f" * 24, json.dumps(said)) == (4404, "no-such-room")


def test_too_many_messages_are_put_off_and_no_more_than_that(
    client: TestClient, links: Links, candidate: Page
) -> None:
    for number in range(1000, 1400):
        candidate.say({"type": "ping", "id": number})
    put_off = [
        message
        for message in (candidate.hear("pong", "refused") for _ in range(400))
        if message["type"] == "refused"
    ]
    assert 0 < len(put_off) <= 100
    assert {message["code"] for message in put_off} == {"too-fast"}
    assert all(1000 <= message["id"] < 1400 for message in put_off)


def test_who_only_sends_nonsense_is_sent_away(
    candidate: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.room.socket.PATIENCE", 20)
    for _ in range(20):
        candidate.say("nonsense")
    assert candidate.hear("bye")["code"] == "too-fast"
    with pytest.raises(WebSocketDisconnect) as closed:
        candidate.hear("never")
    assert closed.value.code == 4029
