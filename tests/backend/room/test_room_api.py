"""Rooms over HTTP: how they are made, and what each link may see and do."""

import gzip
import hashlib
import json
import sqlite3
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.room.schemas import LogView, MadeEvents, RoomQuestionView, RoomView
from backend.settings import Settings
from tests.backend.room.room_talk import ROOMS, Links, make_room, one_service, page

client = one_service


@pytest.fixture
def links(client: TestClient) -> Links:
    return make_room(client)


def get(client: TestClient, links: Links, path: str = "", role: str = "candidate") -> Any:
    return client.get(f"{ROOMS}/{links.id}{path}", headers=links.headers(role))


def do(client: TestClient, links: Links, role: str, key: str, kind: str, **body: Any) -> Any:
    event = {"key": key, "kind": kind, "body": body}
    return client.post(f"{ROOMS}/{links.id}/events", json=event, headers=links.headers(role))


def ok(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 201, answer.text
    MadeEvents.model_validate(answer.json())
    return list(answer.json()["events"])


def test_a_room_has_two_links_and_no_secret_is_kept(client: TestClient) -> None:
    answer = client.post(ROOMS, json={"question": "scale-rows", "candidate": "Ada"})
    made = answer.json()
    assert answer.headers["location"] == f"{ROOMS}/{made['id']}"
    assert answer.headers["cache-control"] == "no-store"
    secrets = []
    for link in ("candidate_link", "interviewer_link"):
        path, _, secret = made[link].partition("#")
        assert path == f"/rooms/{made['id']}"
        assert len(secret) >= 43
        secrets.append(secret)
    assert len(set(secrets)) == 2
    settings: Settings = client.app.state.parts.settings  # type: ignore[attr-defined]
    with sqlite3.connect(settings.data / "torchroom.db") as database:
        [row] = database.execute(
            "SELECT candidate_hash, interviewer_hash FROM rooms WHERE id = ?", (made["id"],)
        )
        everything = "\n".join(database.iterdump())
    assert list(row) == [hashlib.sha256(secret.encode()).hexdigest() for secret in secrets]
    assert not any(secret in everything for secret in secrets)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid-request"),
        ({"question": "scale-rows", "template": "x"}, 422, "invalid-request"),
        ({"question": "nowhere"}, 404, "no-such-question"),
        ({"template": "nowhere"}, 404, "no-such-template"),
        ({"question": "scale-rows", "extra_time": 201}, 422, "invalid-request"),
        ({"question": "scale-rows", "extra_time": -1}, 422, "invalid-request"),
        ({"question": "scale-rows", "candidate": "x" * 121}, 422, "invalid-request"),
        ({"question": "scale-rows", "candidate": "\ud800"}, 422, "invalid-request"),
        ({"question": "scale-rows", "candidate": "a\0b"}, 422, "invalid-request"),
        ({"question": "scale-rows", "owner": "me"}, 422, "invalid-request"),
        ({"question": "scale-rows", "practice": "yes"}, 422, "invalid-request"),
    ],
)
def test_what_makes_no_room_is_named(
    client: TestClient, body: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post(
        ROOMS, content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_without_the_right_secret_a_room_is_not_there(client: TestClient, links: Links) -> None:
    other = make_room(client)
    headers: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {links.candidate}"},
        {"Authorization": links.candidate},
        other.headers("candidate"),
        other.headers("interviewer"),
    ]
    for one in headers:
        for path in ("", "/log", "/questions/scale-rows"):
            answer = client.get(f"{ROOMS}/{links.id}{path}", headers=one)
            assert (answer.status_code, answer.json()["code"]) == (404, "no-such-room"), path
        event = {"key": "a:1", "kind": "say", "body": {"text": "hello"}}
        answer = client.post(f"{ROOMS}/{links.id}/events", json=event, headers=one)
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-room")
    nowhere = client.get(f"{ROOMS}/{'0' * 24}", headers=links.headers("candidate"))
    assert nowhere.json() == client.get(f"{ROOMS}/{links.id}").json()


def test_each_role_reads_the_room_as_it_is_for_it(client: TestClient, links: Links) -> None:
    for role in ("candidate", "interviewer"):
        view = get(client, links, role=role).json()
        RoomView.model_validate(view)
        assert (view["id"], view["role"]) == (links.id, role)
        assert view["state"]["phase"] == "lobby"
        names = [document["name"] for document in view["state"]["documents"]]
        assert ("notes" in names) is (role == "interviewer")


def test_a_command_over_http_is_the_same_as_on_the_socket(client: TestClient, links: Links) -> None:
    with page(client, links) as candidate:
        [began, opened] = ok(do(client, links, "interviewer", "rep:1", "next", stage=-1))[:2]
        assert (began["kind"], opened["kind"]) == ("phase", "opened")
        assert candidate.hear_event("phase")["seq"] == began["seq"]
        [said] = ok(do(client, links, "candidate", "own:2", "say", text="hello"))
        assert candidate.hear_event("say") == said
        refused = do(client, links, "candidate", "own:3", "take-over")
        assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")


def test_a_command_sent_twice_is_carried_out_once(client: TestClient, links: Links) -> None:
    first = ok(do(client, links, "candidate", "rep:1", "say", text="hello"))
    assert ok(do(client, links, "candidate", "rep:1", "say", text="hello")) == first
    assert ok(do(client, links, "candidate", "rep:2", "say", text="hello")) != first
    log = get(client, links, "/log", "interviewer").json()["events"]
    assert sum(event["kind"] == "say" for event in log) == 2
    with page(client, links, name="rep") as again:
        # A page that does not know whether its command has arrived sends it again.
        again.number = 1
        again.say(
            {"type": "command", "id": 1, "kind": "say", "body": {"text": "hello"}},
        )
        event = again.hear("events")["events"][0]
        assert (event["seq"], event["id"]) == (first[0]["seq"], 1)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"key": "a:1", "kind": "created", "body": {}}, "unknown-kind"),
        ({"key": "a:1", "kind": "say", "body": {"text": "x", "author": "x"}}, "forged-author"),
        ({"key": "a:1", "kind": "say", "body": {"text": "x"}, "author": "x"}, "invalid-request"),
        ({"key": "a", "kind": "say", "body": {"text": "x"}}, "invalid-request"),
        ({"key": "a b:1", "kind": "say", "body": {"text": "x"}}, "invalid-request"),
        ({"kind": "say", "body": {"text": "x"}}, "invalid-request"),
        ({"key": "a:1", "kind": "say", "body": {"text": "\ud800"}}, "half-character"),
        (
            {
                "key": "a:1",
                "kind": "edit",
                "body": {
                    "document": "scratch",
                    "version": 0,
                    "client": "b",
                    "changes": [[[0, "x"]]],
                },
            },
            "forged-author",
        ),
    ],
)
def test_an_event_that_is_none_is_refused(
    client: TestClient, links: Links, event: dict[str, Any], code: str
) -> None:
    headers = {**links.headers("candidate"), "Content-Type": "application/json"}
    answer = client.post(f"{ROOMS}/{links.id}/events", content=json.dumps(event), headers=headers)
    assert answer.json()["code"] == code, answer.text
    assert 400 <= answer.status_code < 500


def test_notes_and_scores_and_the_plan_are_the_interviewers(
    client: TestClient, links: Links
) -> None:
    with (
        page(client, links) as candidate,
        page(client, links, "interviewer", "page2") as interviewer,
    ):
        assert "notes" not in candidate.welcome["documents"]
        assert interviewer.welcome["documents"]["notes"] == {"version": 0, "text": ""}
        interviewer.do("next", stage=-1)
        interviewer.edit(0, [[0, "weak on shapes"]], document="notes")
        interviewer.send("cursor", document="notes", client="page2", anchor=3, head=3)
        interviewer.do("score", criterion="debugging", level="no")
        interviewer.do("say", text="done")
        seen = []
        while "say" not in [event["kind"] for event in seen]:
            message = candidate.hear("events", "cursor", "state")
            assert message["type"] != "cursor"
            seen += message.get("events", [])
            assert not message.get("state", {}).get("scores")
        assert not [event for event in seen if event["kind"] in ("edit", "cursor", "score")]
    with page(client, links, since=0) as again:
        text = json.dumps(again.welcome)
        assert "weak on shapes" not in text
        assert not {"created", "score"} & {event["kind"] for event in again.welcome["events"]}
    kinds = {event["kind"] for event in get(client, links, "/log", "interviewer").json()["events"]}
    assert {"created", "edit", "score"} <= kinds


def test_the_candidate_reads_the_log_of_their_practice_only(
    client: TestClient, links: Links
) -> None:
    refused = get(client, links, "/log")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    practice = make_room(client, practice=True)
    answer = get(client, practice, "/log")
    log = answer.json()
    LogView.model_validate(log)
    assert log["events"]
    assert log["finished"] is False
    later = get(client, practice, f"/log?after={log['events'][0]['seq']}").json()
    assert later["events"] == log["events"][1:]
    assert later["head"] == log["head"]


def test_a_log_is_zipped_for_who_can_unzip_it(client: TestClient, links: Links) -> None:
    path = f"{ROOMS}/{links.id}/log"
    plain = client.get(
        path, headers={**links.headers("interviewer"), "Accept-Encoding": "identity"}
    )
    assert "content-encoding" not in plain.headers
    zipped = {**links.headers("interviewer"), "Accept-Encoding": "gzip"}
    with client.stream("GET", path, headers=zipped) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(answer.iter_raw())) == plain.content


def test_questions_are_there_when_their_stage_is_and_solutions_for_the_interviewer(
    client: TestClient, links: Links
) -> None:
    path = "/questions/scale-rows"
    early = get(client, links, path)
    assert (early.status_code, early.json()["code"]) == (404, "no-such-question")
    assert get(client, links, path, "interviewer").json()["solution"]["reference"]
    ok(do(client, links, "candidate", "rep:1", "next", stage=-1))
    shown = get(client, links, path).json()
    RoomQuestionView.model_validate(shown)
    assert shown["slug"] == "scale-rows"
    assert "solution" not in shown
    assert "scale[:, None]" not in json.dumps(shown)
    for role in ("candidate", "interviewer"):
        assert get(client, links, "/questions/other-rows", role).status_code == 404


def test_the_interviewer_reads_the_hints_before_giving_them_and_the_candidate_does_not(
    client: TestClient, links: Links
) -> None:
    ok(do(client, links, "candidate", "rep:1", "next", stage=-1))
    path = "/questions/scale-rows"
    hints = get(client, links, path, "interviewer").json()["solution"]["hints"]
    assert hints
    shown = get(client, links, path).json()
    assert shown["hints"] == len(hints)
    for hint in hints:
        assert hint["title"]
        assert hint["html"]
        assert hint["title"] not in json.dumps(shown)
