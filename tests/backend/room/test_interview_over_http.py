"""An interview from a template, over the wire, with a clock that the test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.app import create_app
from backend.settings import Settings
from tests.backend.conftest import LOCAL
from tests.backend.fake_sandbox import FakeSandbox
from tests.backend.room.room_talk import CODE, ROOMS, Links, Page, page

TEMPLATE = """\
title = "A short one"
summary = "Some code and some talk."
tips = ["Think aloud."]

[[stage]]
phase = "introduction"
title = "Hello"
minutes = 2

[[stage]]
phase = "coding"
title = "Some code"
minutes = 10
questions = ["scale-rows"]

[[stage]]
phase = "coding"
title = "More code"
minutes = 10
questions = ["other-rows"]

[[stage]]
phase = "wrap-up"
title = "Wrap-up"
minutes = 2
"""


class MovedClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def interviews(settings: Settings) -> Settings:
    settings.template_folder.mkdir()
    (settings.template_folder / "short.toml").write_text(TEMPLATE, encoding="utf-8")
    return settings


@contextmanager
def serving(settings: Settings, sandbox: FakeSandbox, clock: MovedClock) -> Iterator[TestClient]:
    app = create_app(settings, sandbox, clock)
    with TestClient(app, base_url=LOCAL, raise_server_exceptions=False) as client:
        yield client


def make(client: TestClient, **fields: Any) -> Links:
    answer = client.post(ROOMS, json={"template": "short", **fields})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    secrets = [made[link].partition("#")[2] for link in ("candidate_link", "interviewer_link")]
    return Links(made["id"], *secrets)


def state(client: TestClient, links: Links, role: str = "candidate") -> dict[str, Any]:
    answer = client.get(f"{ROOMS}/{links.id}", headers=links.headers(role))
    return dict(answer.json()["state"])


def until(open_page: Page, phase: str) -> dict[str, Any]:
    """What the page is told when the room comes to a phase."""
    while True:
        told: dict[str, Any] = open_page.hear("state")["state"]
        if told["phase"] == phase:
            return told


def test_at_zero_the_text_is_submitted_and_the_next_stage_begins(
    interviews: Settings, sandbox: FakeSandbox, clock: MovedClock
) -> None:
    with serving(interviews, sandbox, clock) as client:
        links = make(client, candidate="Ada")
        with page(client, links) as candidate:
            candidate.do("next", stage=-1)
            candidate.do("next", stage=0)
            candidate.replace_all("as it stands")
            clock.move(minutes=10)
            candidate.hear_event("verdict")
        told = state(client, links)

    assert [(run["question"], run["why"], run["state"]) for run in told["runs"]] == [
        ("scale-rows", "time", "finished")
    ]
    assert (told["current"], told["clock"]["deadline"]) == (
        ["other-rows"],
        "2026-03-02T09:20:00.000Z",
    )


def test_the_server_was_away_and_the_interview_ends_when_it_was_to_end(
    interviews: Settings, sandbox: FakeSandbox, clock: MovedClock
) -> None:
    with serving(interviews, sandbox, clock) as client:
        links = make(client)
        with page(client, links) as candidate:
            candidate.do("next", stage=-1)
            candidate.do("next", stage=0)
            candidate.replace_all("typed before it went away")
    clock.move(minutes=21)
    with serving(interviews, sandbox, clock) as client, page(client, links) as candidate:
        told = state(client, links)
        assert told["phase"] == "wrap-up"
        assert told["clock"]["deadline"] == "2026-03-02T09:22:00.000Z"
        assert [(run["question"], run["why"]) for run in told["runs"]] == [
            ("scale-rows", "time"),
            ("other-rows", "time"),
        ]
        assert candidate.welcome["documents"][CODE]["text"] == "typed before it went away"
        clock.move(minutes=1)
        assert until(candidate, "finished")["clock"]["running"] is False


def test_extra_time_is_in_the_plan_from_the_beginning(
    interviews: Settings, sandbox: FakeSandbox, clock: MovedClock
) -> None:
    with serving(interviews, sandbox, clock) as client:
        links = make(client, extra_time=50)
        told = state(client, links)
    assert [stage["seconds"] for stage in told["stages"]] == [180, 900, 900, 180]


def test_the_candidate_reads_no_question_before_its_stage(
    interviews: Settings, sandbox: FakeSandbox, clock: MovedClock
) -> None:
    with serving(interviews, sandbox, clock) as client:
        links = make(client)
        where = f"{ROOMS}/{links.id}/questions/other-rows"
        assert client.get(where, headers=links.headers("candidate")).status_code == 404
        assert client.get(where, headers=links.headers("interviewer")).status_code == 200
        assert "other-rows" not in str(state(client, links))
        with page(client, links) as candidate:
            for stage in (-1, 0, 1):
                candidate.do("next", stage=stage)
        assert client.get(where, headers=links.headers("candidate")).status_code == 200


def test_a_pause_holds_the_interview_for_as_long_as_it_takes(
    interviews: Settings, sandbox: FakeSandbox, clock: MovedClock
) -> None:
    with serving(interviews, sandbox, clock) as client:
        links = make(client, practice=True)
        with page(client, links) as candidate:
            candidate.do("next", stage=-1)
            clock.move(minutes=1)
            candidate.do("pause")
            clock.move(days=1)
            candidate.do("resume")
            told = state(client, links)
    assert (told["phase"], told["clock"]["remaining"]) == ("introduction", 60.0)


def test_no_such_template(interviews: Settings, sandbox: FakeSandbox, clock: MovedClock) -> None:
    with serving(interviews, sandbox, clock) as client:
        answer = client.post(ROOMS, json={"template": "long"})
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-template")
