"""GET and DELETE /practice, from what one browser did; on both databases where it matters."""

import dataclasses
import hashlib
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.app import create_app
from backend.db import Database
from backend.models import Room, RoomEvent, Run
from backend.practice.learner import COOKIE
from backend.settings import Settings
from sandbox.errors import OurFailure
from tests.backend.conftest import LOCAL
from tests.backend.fake_sandbox import WRONG, FakeSandbox
from tests.backend.talk import finished, send, send_ok

PRACTICE = "/api/v1/practice"


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def service(
    settings: Settings, sandbox: FakeSandbox, database_url: str, watch: Watch
) -> Iterator[TestClient]:
    stored = dataclasses.replace(settings, database=database_url)
    with TestClient(create_app(stored, sandbox, watch), base_url=LOCAL) as client:
        yield client


def read(client: TestClient) -> Any:
    answer = client.get(PRACTICE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def test_a_new_browser_has_done_nothing_and_is_told_where_to_begin(client: TestClient) -> None:
    seen = read(client)
    assert [(one["passed"], one["tried"], one["total"]) for one in seen["lessons"]] == [(0, 0, 2)]
    assert [one["slug"] for one in seen["next"]] == ["other-rows"]
    assert seen["due"] == seen["upcoming"] == seen["recent"] == seen["questions"] == []
    assert COOKIE not in client.cookies, "to look on is no reason to be known again"


def test_a_failure_is_due_the_next_day_and_a_pass_later(service: TestClient, watch: Watch) -> None:
    finished(service, send_ok(service, WRONG))
    seen = read(service)
    assert [(one["outcome"], one["best"], one["total"]) for one in seen["recent"]] == [
        ("failed", 0, 1)
    ]
    assert [one["slug"] for one in seen["upcoming"]] == ["scale-rows"]
    watch.pass_by(days=1)
    assert [(one["slug"], one["why"]) for one in read(service)["due"]] == [
        ("scale-rows", "Not passed yet; last tried yesterday.")
    ]
    finished(service, send_ok(service))
    seen = read(service)
    assert seen["due"] == []
    assert seen["upcoming"][0]["due_at"] > "2026-03-03"
    assert seen["lessons"][0]["passed"] == 1
    assert [one["outcome"] for one in seen["recent"]] == ["passed", "failed"]
    assert (seen["questions"][0]["passed"], seen["questions"][0]["attempts"]) == (True, 2)


def test_each_browser_has_its_own(client: TestClient) -> None:
    finished(client, send_ok(client))
    mine = dict(client.cookies)
    client.cookies.clear()
    assert read(client)["recent"] == []
    client.cookies.update(mine)
    assert len(read(client)["recent"]) == 1


def test_what_was_done_in_a_room_of_ones_own_counts(service: TestClient, watch: Watch) -> None:
    run = send_ok(service)
    finished(service, run)
    learner = hashlib.sha256(service.cookies[COOKIE].encode()).hexdigest()
    database: Database = service.app.state.parts.database  # type: ignore[attr-defined]
    with database.write() as session:
        for name, owner in (("mine", learner), ("theirs", "0" * 64)):
            room = Room(id=name, created_at=watch.now, candidate_hash="", interviewer_hash="")
            room.learner = owner
            session.add(room)
            session.flush()
            stages = [{"questions": ["scale-rows"]}]
            bodies = {
                "created": {"stages": stages},
                "phase": {"stage": 0},
                "hint": {"question": "scale-rows", "level": 1},
            }
            for seq, (kind, body) in enumerate(bodies.items()):
                session.add(
                    RoomEvent(
                        room_id=name,
                        seq=seq + 1,
                        at=watch.now - timedelta(minutes=5),
                        author="system",
                        kind=kind,
                        body=body,
                    )
                )
        moved = session.get_one(Run, run)
        moved.room_id, moved.learner = "mine", None
    (one,) = read(service)["recent"]
    assert (one["room"], one["hints"], one["seconds"]) == ("mine", 1, 300)
    with database.write() as session:
        session.get_one(Run, run).room_id = "theirs"
    assert read(service)["recent"] == []


def test_a_room_of_ones_own_counts_for_whoever_made_it(service: TestClient) -> None:
    made = service.post("/api/v1/rooms", json={"question": "scale-rows", "practice": True})
    assert made.status_code == 201, made.text
    submit_in(service, made.json())
    (one,) = read(service)["recent"]
    assert (one["room"], one["outcome"], one["submits"]) == (made.json()["id"], "failed", 1)


def test_what_a_guest_does_counts_for_nobody(service: TestClient) -> None:
    finished(service, send_ok(service))
    made = service.post("/api/v1/rooms", json={"question": "scale-rows"}).json()
    submit_in(service, made)
    assert [one["room"] for one in read(service)["recent"]] == [None]


def submit_in(client: TestClient, links: dict[str, str]) -> None:
    """Go through the room as the candidate, and submit the starter as it stands."""
    room, secret = links["id"], links["candidate_link"].partition("#")[2]
    owner = {"Authorization": f"Bearer {secret}"}
    address = f"/api/v1/rooms/{room}"
    numbers = itertools.count(1)

    def state() -> Any:
        return client.get(address, headers=owner).json()["state"]

    def command(kind: str, **body: Any) -> None:
        sent = {"key": f"test:{next(numbers)}", "kind": kind, "body": body}
        answer = client.post(f"{address}/events", json=sent, headers=owner)
        assert answer.status_code == 201, answer.text

    while state()["phase"] != "coding":
        command("next", stage=state()["stage"])
    command("run", question="scale-rows", mode="submit")
    assert finished(client, state()["runs"][0]["run"])["state"] == "finished"


def test_forgetting_unties_what_was_done_and_clears_the_cookie(service: TestClient) -> None:
    run = send_ok(service)
    finished(service, run)
    token = service.cookies[COOKIE]
    answer = service.delete(PRACTICE)
    assert answer.status_code == 200
    assert answer.json() == {
        "runs": 1,
        "rooms": 0,
        "remains": "1 run and 0 rooms stay in the service's database, but nothing there says any "
        "more that they were yours. A room still opens by its link.",
    }
    assert COOKIE not in service.cookies
    service.cookies.set(COOKIE, token)
    assert read(service)["recent"] == []  # a copy of the old cookie is worth nothing
    assert service.get(f"/api/v1/runs/{run}").status_code == 200


def test_there_may_be_nothing_to_forget(client: TestClient) -> None:
    assert client.delete(PRACTICE).json()["remains"] == "Nothing was kept for this browser."


def test_another_site_cannot_make_a_browser_forget(client: TestClient) -> None:
    finished(client, send_ok(client))
    refused = client.delete(PRACTICE, headers={"Origin": "https://elsewhere.example"})
    assert refused.status_code == 403
    assert len(read(client)["recent"]) == 1


def test_a_question_that_left_the_bank_is_passed_over(
    client: TestClient, settings: Settings
) -> None:
    finished(client, send_ok(client))
    database: Database = client.app.state.parts.database  # type: ignore[attr-defined]
    with database.write() as session:
        for run in session.query(Run):
            run.question = "gone"
    seen = read(client)
    assert seen["recent"] == seen["questions"] == []


def test_a_run_that_we_failed_counts_for_nothing(client: TestClient, sandbox: FakeSandbox) -> None:
    sandbox.raises = [OurFailure("the slot did not answer")]
    send(client)
    finished(client, send_ok(client, WRONG))
    assert [one["submits"] for one in read(client)["recent"]] == [1]
