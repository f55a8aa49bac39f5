"""The thin line: make a room, come in, type, be heard by the other, come back and miss nothing."""

from fastapi.testclient import TestClient

from tests.backend.fake_sandbox import ANSWER
from tests.backend.room.room_talk import CODE, ROOMS, make_room, page


def test_two_pages_type_and_hear_each_other(client: TestClient) -> None:
    links = make_room(client)
    with (
        page(client, links) as candidate,
        page(client, links, "interviewer", "page2") as interviewer,
    ):
        assert candidate.welcome["role"] == "candidate"
        assert candidate.welcome["state"]["phase"] == "lobby"
        candidate.do("next", stage=-1)
        opened = interviewer.hear_event("opened")
        assert opened["body"]["document"] == CODE
        length = len(opened["body"]["text"])
        event = candidate.edit(0, [length, [0, "# mine"]])
        assert event["author"] == "candidate"
        heard = interviewer.hear_event("edit")
        assert {**heard, "id": event["id"]} == event
        answer = interviewer.edit(1, [[0, "# yours", ""], length + 6])
        assert answer["author"] == "interviewer"
        assert candidate.hear_event("edit")["seq"] == answer["seq"]
    with page(client, links, since=event["seq"]) as again:
        seen = [one for one in again.welcome["events"] if one["kind"] == "edit"]
        assert [one["seq"] for one in seen] == [answer["seq"]]
        assert "documents" not in again.welcome
    with page(client, links) as anew:
        document = anew.welcome["documents"][CODE]
        assert document["version"] == 2
        assert document["text"] == f"# yours\n{opened['body']['text']}# mine"


def test_a_run_judges_what_was_typed_before_it_and_its_verdict_is_an_event(
    client: TestClient,
) -> None:
    links = make_room(client)
    with page(client, links) as candidate:
        candidate.do("next", stage=-1)
        length = len(candidate.hear("state")["state"]["title"])
        text = client.get(f"{ROOMS}/{links.id}", headers=links.headers("candidate")).json()
        assert text["state"]["phase"] == "coding"
        assert length > 0
        with page(client, links, name="page3") as other:
            starter = other.welcome["documents"][CODE]["text"]
        candidate.edit(0, [[len(starter), *ANSWER.split("\n")]])
        started = candidate.do("run", question="scale-rows", mode="submit")
        verdict = candidate.hear_event("verdict")
        assert verdict["author"] == "system"
        assert verdict["body"]["run"] == started["body"]["run"]
        assert verdict["body"]["verdict"]["outcome"] == "passed"
        run = client.get(f"/api/v1/runs/{started['body']['run']}").json()
        assert run["code_sha256"] == started["body"]["sha256"]
