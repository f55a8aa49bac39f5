"""Whoever has an executor's password ends a room's run with what is no verdict, or keeps the room's
row to itself: neither takes the room from its people, nor another room from its own."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from psycopg import errors

from backend.app import create_app
from backend.models import RoomEvent
from backend.settings import Settings
from tests.attacks.executor import TOKEN, House, Thief, house
from tests.backend.conftest import LOCAL, migrated, settings
from tests.backend.fake_sandbox import FakeSandbox
from tests.backend.room.room_talk import ROOMS, Links, make_room, page
from tests.backend.talk import RUNS, send_ok

__all__ = ["migrated", "settings"]

END = f"SELECT torchroom_end(%s, '{TOKEN}', %s, NULL, '{{}}')"
CASE = {"name": "a", "title": "A", "outcome": "failed"}
DEEP = "[" * 3000 + "]" * 3000
NO_VERDICTS = {
    "empty": "{}",
    "no word": '{"outcome": 7}',
    "another word": '{"outcome": "splendid"}',
    "passed": '{"outcome": "passed", "passed": "x"}',
    "a part": '{"outcome": "passed", "total": 1.5}',
    "huge": '{"outcome": "passed", "total": 99999999999}',
    "cases": '{"outcome": "failed", "cases": {"a": 1}}',
    "a case": '{"outcome": "failed", "cases": [7]}',
    "no title": '{"outcome": "failed", "cases": [{"name": "a", "outcome": "failed"}]}',
    "a failure": json.dumps({"outcome": "failed", "cases": [{**CASE, "failure": [1]}]}),
    "a problem": '{"outcome": "failed", "problem": "x"}',
    "half a problem": '{"outcome": "failed", "problem": {"title": "x"}}',
    "a script": '{"outcome": "failed", "script": 3}',
    "deep": '{"outcome": "passed", "more": ' + DEEP + "}",
    "long": '{"outcome": "passed", "more": ' + "9" * 5000 + "}",
    "spelt otherwise": '{"outcome": "passed", "\\u006futcome": [], "\\u0063ases": 7}',
    "twice": '{"outcome": "passed", "outcome": {}}',
}
UNFIT_TO_SEND = {
    "infinite": '{"outcome": "passed", "seconds": 1e999}',
    "half a character": '{"outcome": "passed", "slot": "\\ud800"}',
}


@dataclass(frozen=True)
class Scene:
    """A web without executors of its own, and a thief that takes what is sent."""

    web: TestClient
    at: House
    thief: Thief
    worker: int

    def room_with_a_run(self) -> tuple[Links, str]:
        links = make_room(self.web)
        with page(self.web, links) as candidate:
            candidate.do("next", stage=-1)
            begun = candidate.do("run", question="scale-rows", mode="submit")
        return links, str(begun["body"]["run"])

    def put_into_log(self, links: Links, run: str, verdict: str) -> None:
        """As an executor could while nobody looked."""
        about = {"run": run, "question": "scale-rows", "mode": "submit"}
        self.end_with(run, verdict)
        note = "SELECT torchroom_note(%s, 'verdict', %s::json, now())"
        whole = json.dumps(about)[:-1] + f', "verdict": {verdict}}}'
        self.at.owner(note, links.id, whole)

    def end_with(self, run: str, verdict: str) -> None:
        end = "UPDATE runs SET state = 'finished', verdict = %s WHERE id = %s RETURNING 1"
        assert self.at.owner(end, verdict, run) == 1

    def opens(self, links: Links) -> dict[str, Any]:
        """The room's run as its page has it; the report and the run open as well."""
        who = links.headers("interviewer")
        with page(self.web, links, "interviewer", "page2") as person:
            found = dict(person.welcome["state"]["runs"][-1])
        for address in (f"{ROOMS}/{links.id}", f"{ROOMS}/{links.id}/log"):
            assert self.web.get(address, headers=who).status_code == 200
        assert self.web.get(f"{ROOMS}/{links.id}/report", headers=who).status_code == 200
        assert self.web.get("/api/v1/practice").status_code == 200
        return found


@pytest.fixture
def scene(settings: Settings, migrated_postgres_url: str) -> Iterator[Scene]:
    there = replace(settings, database=migrated_postgres_url, executor="elsewhere", queue_limit=50)
    with house(migrated_postgres_url) as at:
        thief = at.thief()
        worker = thief.join("thief", seconds=600)
        app = create_app(there, FakeSandbox())
        with TestClient(app, base_url=LOCAL, raise_server_exceptions=False) as web:
            yield Scene(web, at, thief, worker)


def test_what_is_no_verdict_ends_no_run(scene: Scene) -> None:
    links, run = scene.room_with_a_run()
    assert scene.thief.claim(scene.worker, seconds=600) == run
    let_through = []
    for name, verdict in NO_VERDICTS.items():
        if name == "spelt otherwise":
            continue  # is not looked for there: what reads it has to bear it, see below
        try:
            scene.thief.ask(END, run, verdict)
            let_through.append(name)
        except errors.InvalidParameterValue:
            pass
    assert let_through == []
    assert scene.opens(links)["state"] == "under-way"


@pytest.mark.parametrize(
    "verdict",
    [one for name, one in NO_VERDICTS.items() if name not in ("deep", "long")]
    + list(UNFIT_TO_SEND.values()),
    ids=[name for name in NO_VERDICTS if name not in ("deep", "long")] + list(UNFIT_TO_SEND),
)
def test_a_room_opens_whatever_its_log_holds_for_a_verdict(scene: Scene, verdict: str) -> None:
    links, run = scene.room_with_a_run()
    scene.put_into_log(links, run, verdict)
    alone = send_ok(scene.web)
    scene.end_with(alone, verdict)
    seen = scene.opens(links)
    assert seen["state"] == "our_failure", seen
    told = scene.web.get(f"/api/v1/runs/{run}").json()
    assert (told["state"], told["verdict"]) == ("our_failure", None)
    assert told["failure"]["message"]
    with page(scene.web, links, name="again") as candidate:
        candidate.do("say", text="it goes on")


def test_what_a_program_printed_keeps_nobody_from_their_practice(scene: Scene) -> None:
    """NUL and half characters are JSON that Postgres cannot look into."""
    run = send_ok(scene.web)
    assert scene.thief.claim(scene.worker) == run
    text = 'a\0b "quoted" \\u0000 \\\\'
    case = {
        **CASE,
        "visible": True,
        "criterion": "correctness",
        "message": text,
        "output": text,
        "outcome": "passed",
    }
    verdict = {
        "outcome": "passed",
        "passed": 1,
        "total": 1,
        "seconds": 0.1,
        "mode": "submit",
        "slot": "docker",
        "torch": "2",
        "problem": None,
        "script": None,
        "cases": [case],
    }
    assert scene.thief.ask(END, run, json.dumps(verdict)) is True
    assert scene.web.get(f"{RUNS}/{run}").json()["verdict"] == verdict
    [recent] = scene.web.get("/api/v1/practice").json()["recent"]
    assert (recent["outcome"], recent["best"], recent["total"]) == ("passed", 1, 1)


def until_somebody_waits(at: House) -> None:
    deadline = time.monotonic() + 10
    while not at.owner("SELECT count(*) FROM pg_locks WHERE NOT granted"):
        assert time.monotonic() < deadline, "nobody wants the row"
        time.sleep(0.02)


def test_a_room_whose_row_is_held_holds_up_no_other(scene: Scene) -> None:
    held, run = scene.room_with_a_run()
    assert scene.thief.claim(scene.worker) == run
    free = make_room(scene.web)
    # Its own affair; here so that the test ends also where the attack succeeds.
    scene.thief.connection.execute("SET idle_in_transaction_session_timeout = '30s'")
    with page(scene.web, held, name="again") as victim:
        scene.thief.connection.execute("BEGIN")
        assert scene.thief.ask(END, run, '{"outcome": "passed"}') is True
        victim.send("say", text="and me?")
        until_somebody_waits(scene.at)
        began = time.monotonic()
        with page(scene.web, free, "interviewer", "other") as other:
            other.do("say", text="does anybody hear me?")
            assert time.monotonic() - began < 20
        scene.thief.connection.execute("ROLLBACK")
    with scene.at.database.read() as session:
        said = session.query(RoomEvent).filter_by(room_id=free.id, kind="say").all()
    assert len(said) == 1
