"""Edits that are made to break a reader, the room or the service: valid in form, not in intent."""

import json
import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.errors import Problem
from backend.room import commands, reading
from backend.room.changes import apply_all
from tests.backend.room.playing import CODING, Play, plan, stage
from tests.backend.room.room_talk import CODE, ROOMS, Links, make_room, one_service, page, typed

client = one_service


@pytest.fixture
def links(client: TestClient) -> Links:
    return make_room(client)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        # The first of these stops a CodeMirror that has text of its own: "Mismatched change set
        # lengths", each time it connects again.
        ([3, [0, "x"], 0], [3, [0, "x"]]),
        ([0, 0, 3, [0], 0], [3]),
        ([[0, ""], 3, [0, ""]], [3]),
        ([0, [3, "x"], 0], [[3, "x"]]),
    ],
)
def test_what_changes_nothing_reaches_nobody(
    client: TestClient, links: Links, sent: list[Any], kept: list[Any]
) -> None:
    with page(client, links) as candidate, page(client, links, "interviewer", "page2") as other:
        candidate.edit(0, [[0, "abc"]], document="scratch")
        candidate.edit(1, sent, document="scratch")
        told = [other.hear_event("edit")["body"]["changes"] for _ in range(2)]
        assert told == [[[[0, "abc"]]], [kept]]
    assert typed(client, links, "scratch") == apply_all("abc", [sent])


@pytest.mark.parametrize("field", ["version", "pasted"])
@pytest.mark.parametrize("number", [10**400, 1e308, True, "1", -1, None])
def test_a_number_is_one_that_every_reader_knows(
    client: TestClient, links: Links, field: str, number: Any
) -> None:
    body = {"document": "scratch", "version": 0, "client": "page1", "changes": [[]], "pasted": 0}
    with page(client, links) as candidate:
        assert candidate.refused("edit", **{**body, field: number})["code"] == "invalid-request"


@pytest.mark.parametrize("place", ["anchor", "head"])
def test_a_cursor_is_not_beyond_all_numbers(client: TestClient, links: Links, place: str) -> None:
    body = {"document": "scratch", "client": "page1", "anchor": 0, "head": 0, place: 10**400}
    with page(client, links) as candidate:
        assert candidate.refused("cursor", **body)["code"] == "invalid-request"


WRONG = {"document": "scratch", "version": 0, "client": "a"}


@pytest.mark.parametrize(
    "body",
    [
        {**WRONG, "changes": [[{}] * 100_000]},
        {**WRONG, "changes": [[[0, {}]] * 40_000]},
        {**WRONG, "changes": [[[0, *[{}] * 100_000]]]},
        {**WRONG, "changes": [{}] * 100_000},
        {**WRONG, "changes": [[]], **{f"k{number}": 1 for number in range(30_000)}},
    ],
)
def test_what_does_not_fit_a_thousand_times_is_told_once(body: dict[str, Any]) -> None:
    """It took the one core of all rooms seven seconds, and sixteen megabytes to say so."""
    began = time.perf_counter()
    with pytest.raises(Problem) as refused:
        reading.command("candidate", "a", "edit", body, "a:1")
    assert len(refused.value.response().body) < 10_000
    assert time.perf_counter() - began < 1


def test_a_body_of_too_many_fields_is_told_in_few_words(client: TestClient) -> None:
    answer = client.post(ROOMS, json={f"k{number}": 1 for number in range(20_000)})
    assert answer.status_code == 422
    assert len(answer.content) < 10_000


def test_an_edit_of_ever_so_many_parts_is_too_large(client: TestClient, links: Links) -> None:
    with page(client, links) as candidate:
        candidate.edit(0, [[0, "x" * 1000]], document="scratch")
        body = {"document": "scratch", "version": 1, "client": "page1"}
        refused = candidate.refused("edit", **body, changes=[[1] * 1000] * 30)
        assert refused["code"] == "too-large"
        candidate.edit(1, *[[1] * 1000] * 3, document="scratch")


def test_many_changes_of_a_text_of_emoji_cost_little() -> None:
    text = "😀" * 16_384
    began = time.perf_counter()
    assert apply_all(text, [[32_768]] * 500) == text
    assert time.perf_counter() - began < 0.05, "each set converted the whole text anew: 140 ms"


def test_a_candidate_cannot_fill_a_room_and_silence_its_interviewer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commands, "EVENTS_LIMIT", 30)
    room = Play(plan(CODING, script=False))
    room.on()
    while room.state.seq < 30:
        room.send("candidate", "say", text="on and on")
    assert room.refused("candidate", "say", text="and on").code == "room-full"
    room.send("interviewer", "say", text="Stop it.")
    room.send("candidate", "run", question="scale-rows", mode="submit")
    room.on()


def test_what_is_taken_out_again_counts_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "WRITTEN_LIMIT", 1)
    room = Play(plan(CODING))
    room.on()
    room.type("x" * 40_000, "scratch")
    room.type("y" * 40_000, "scratch")
    edit = {"document": "scratch", "version": 2, "client": "page", "changes": [[40_000, [0, "z"]]]}
    assert room.refused("candidate", "edit", **edit).code == "room-full"


def test_a_room_has_so_many_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "RUNS_LIMIT", 1)
    room = Play(plan(CODING))
    room.on()
    room.send("candidate", "run", question="scale-rows", mode="run")
    again = room.refused("candidate", "run", question="scale-rows", mode="run")
    assert again.code == "too-many-runs"
    room.on()
    assert [run.mode for run in room.state.runs.values()] == ["run", "submit"]


def test_talk_without_end_is_no_answer_without_end() -> None:
    room = Play(plan(stage("follow-ups", None, "scale-rows")))
    room.on()
    for _ in range(20):
        room.send("candidate", "say", text="word " * 790)
    assert [len(text) for text in room.state.spoken.values()] == [20_000]


def test_who_posts_or_opens_many_sockets_is_slowed_down_as_well(
    client: TestClient, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.room.pace.LINK_AT_ONCE", 20.0)
    monkeypatch.setattr("backend.room.pace.LINK_PER_SECOND", 0.001)
    links = make_room(client)
    event = {"kind": "focus", "body": {"away": True}}
    codes = []
    for number in range(15):
        sent = {"key": f"post:{number}", **event}
        path = f"{ROOMS}/{links.id}/events"
        codes.append(client.post(path, json=sent, headers=links.headers("candidate")).status_code)
    with page(client, links, name="a") as one, page(client, links, name="b") as other:
        for _ in range(5):
            one.send("say", text="x")
            other.send("say", text="x")
        assert other.hear("refused")["code"] == "too-fast"
    last = client.post(path, json={"key": "post:99", **event}, headers=links.headers("candidate"))
    assert (last.status_code, last.json()["code"]) == (429, "too-fast")
    assert last.headers["Retry-After"] == "1"
    # The other link has a pace of its own.
    said = {"key": "own:1", "kind": "next", "body": {"stage": -1}}
    assert client.post(path, json=said, headers=links.headers("interviewer")).status_code == 201


def test_long_messages_cost_as_many_short_ones(client: TestClient, links: Links) -> None:
    with page(client, links) as candidate:
        candidate.do("next", stage=-1)
        for number in range(8):
            body = {"document": CODE, "version": 0, "client": "page1", "changes": [[[0]] * 500]}
            body["pad"] = "x" * 200_000
            candidate.say(
                json.dumps({"type": "command", "id": 50 + number, "kind": "edit", "body": body})
            )
        refused = [candidate.hear("refused")["code"] for _ in range(8)]
        assert refused[0] == "invalid-request"
        assert refused[-1] == "too-fast"
