"""What somebody tries with a link of their own: the other's seat, the other's things."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.backend.fake_sandbox import ANSWER
from tests.backend.room.room_talk import ROOMS, Links, make_room, one_service, page

client = one_service


@pytest.fixture
def links(client: TestClient) -> Links:
    return make_room(client)


def test_neither_link_can_take_all_seats_from_the_other(
    client: TestClient, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.room.live.SEATS", 1)
    second = page(client, links, name="b")
    with (
        page(client, links, name="a"),
        pytest.raises(AssertionError, match="too-many"),
        second,
    ):
        pass
    with page(client, links, name="a"), page(client, links, "interviewer", "c") as interviewer:
        assert interviewer.welcome["role"] == "interviewer"


@pytest.mark.parametrize("after", ["-1", str(2**63), str(10**30), "x", "1.5"])
def test_a_log_begins_behind_a_number_that_there_can_be(
    client: TestClient, links: Links, after: str
) -> None:
    answer = client.get(
        f"{ROOMS}/{links.id}/log", params={"after": after}, headers=links.headers("interviewer")
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["", "/log", "/report", "/questions/scale-rows"])
def test_a_name_with_nul_is_no_room(client: TestClient, links: Links, path: str) -> None:
    answer = client.get(f"{ROOMS}/{links.id}%00{path}", headers=links.headers("interviewer"))
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-room")


def test_a_run_of_a_room_does_not_open_the_solution_before_its_follow_ups(
    client: TestClient, links: Links
) -> None:
    with page(client, links) as candidate:
        candidate.do("next", stage=-1)
        candidate.replace_all(ANSWER)
        run = candidate.do("run", question="scale-rows", mode="submit")["body"]["run"]
        verdict = candidate.hear_event("verdict")["body"]["verdict"]
    assert verdict["outcome"] == "passed"
    answer = client.get("/api/v1/questions/scale-rows/solution", params={"run": run})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-passed-yet")


def post(client: TestClient, links: Links, role: str, kind: str, body: dict[str, Any]) -> Any:
    sent = {"key": f"{role}:{id(body)}", "kind": kind, "body": body}
    path = f"{ROOMS}/{links.id}/events"
    return client.post(path, json=sent, headers=links.headers(role))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("score", {"criterion": "communication", "level": "strong-yes"}),
        ("share", {}),
        ("take-over", {}),
        ("hand-back", {}),
        ("pause", {}),
        ("resume", {}),
        ("extend", {"seconds": 600}),
        ("asked", {"question": "scale-rows", "item": 0}),
        ("edit", {"document": "notes", "version": 0, "client": "candidate", "changes": [[]]}),
        ("cursor", {"document": "notes", "client": "candidate", "anchor": 0, "head": 0}),
    ],
)
def test_what_is_the_interviewers_is_refused_on_both_ways(
    client: TestClient, links: Links, kind: str, body: dict[str, Any]
) -> None:
    assert post(client, links, "candidate", "next", {"stage": -1}).status_code == 201
    refused = post(client, links, "candidate", kind, body)
    codes = {"edit": (404, "unknown-document"), "cursor": (404, "unknown-document")}
    assert (refused.status_code, refused.json()["code"]) == codes.get(kind, (403, "not-allowed"))
    with page(client, links, name="candidate2") as candidate:
        mine = {**body, "client": "candidate2"} if "client" in body else body
        assert candidate.refused(kind, **mine)["code"] == codes.get(kind, (403, "not-allowed"))[1]
