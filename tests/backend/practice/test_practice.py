"""GET and DELETE /practice, from what one browser did; on both databases."""

import dataclasses
import hashlib
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


def test_a_new_browser_has_done_nothing_and_is_told_where_to_begin(service: TestClient) -> None:
    seen = read(service)
    assert [(one["passed"], one["tried"], one["total"]) for one in seen["lessons"]] == [(0, 0, 2)]
    assert [one["slug"] for one in seen["next"]] == ["other-rows"]
    assert seen["due"] == seen["upcoming"] == seen["recent"] == seen["questions"] == []
    assert COOKIE not in service.cookies, "to look on is no reason to be known again"


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


def test_each_browser_has_its_own(service: TestClient) -> None:
    finished(service, send_ok(service))
    mine = dict(service.cookies)
    service.cookies.clear()
    assert read(service)["recent"] == []
    service.cookies.update(mine)
    assert len(read(service)["recent"]) == 1


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


def test_there_may_be_nothing_to_forget(service: TestClient) -> None:
    assert service.delete(PRACTICE).json()["remains"] == "Nothing was kept for this browser."


def test_another_site_cannot_make_a_browser_forget(service: TestClient) -> None:
    finished(service, send_ok(service))
    refused = service.delete(PRACTICE, headers={"Origin": "https://elsewhere.example"})
    assert refused.status_code == 403
    assert len(read(service)["recent"]) == 1


def test_a_question_that_left_the_bank_is_passed_over(
    service: TestClient, settings: Settings
) -> None:
    finished(service, send_ok(service))
    database: Database = service.app.state.parts.database  # type: ignore[attr-defined]
    with database.write() as session:
        for run in session.query(Run):
            run.question = "gone"
    seen = read(service)
    assert seen["recent"] == seen["questions"] == []


def test_a_run_that_we_failed_counts_for_nothing(service: TestClient, sandbox: FakeSandbox) -> None:
    sandbox.raises = [OurFailure("the slot did not answer")]
    send(service)
    finished(service, send_ok(service, WRONG))
    assert [one["submits"] for one in read(service)["recent"]] == [1]
