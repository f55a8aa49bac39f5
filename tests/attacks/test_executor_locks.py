"""What keeps rows in hand keeps nobody else from theirs: the sweep, the start of the service, and
executors that come and go, each beside a transaction that does not end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from backend.bank import Bank
from backend.db import Database, connection_arguments
from backend.models import Room
from backend.queue.intake import PostgresIntake
from backend.queue.lease import MODES
from backend.runs import queries
from tests.attacks.executor import TOKEN, House
from tests.backend.queues import NOON, after, claim

OTHERS = "f" * 32


@contextmanager
def held(at: House, statement: str) -> Iterator[None]:
    """Somebody has carried this out, and does not commit."""
    with psycopg.connect(**connection_arguments(at.database.url)) as owner:
        owner.execute(statement.encode())
        yield
        owner.rollback()


def rooms(at: House, *names: str) -> None:
    with at.database.write() as session:
        for name in names:
            hashes = {"candidate_hash": f"c{name}", "interviewer_hash": f"i{name}"}
            session.add(Room(id=name, created_at=NOON, **hashes))


def test_a_room_that_is_held_stops_no_sweep(at: House) -> None:
    rooms(at, "a", "b")
    executor = at.engine.executor("honest")
    for name, room in (("1", "b"), ("2", "a"), ("3", None)):
        at.engine.put(name, room_id=room)
        claim(executor)
    at.owner("UPDATE runs SET losses = 2 WHERE room_id IS NOT NULL RETURNING 1")
    with held(at, "UPDATE rooms SET head = head WHERE id = 'a'"):
        assert at.engine.intake.sweep(after(31)) == 1
        assert [at.engine.row(one).state for one in "123"] == ["our_failure", "running", "queued"]
    at.engine.intake.sweep(after(31))
    assert at.engine.row("2").state == "our_failure"


def test_a_service_starts_whatever_is_in_hand_and_adopts_the_rest_later(at: House) -> None:
    rooms(at, "a")
    at.engine.put("room", room_id="a", question_digest="old")
    for name in ("run", "free"):
        at.engine.put(name, question_digest="old")
    intake = PostgresIntake(at.database, 2, callers_clock=True)
    began = time.monotonic()
    with (
        held(at, "UPDATE rooms SET head = head WHERE id = 'a'"),
        held(at, "SELECT FROM runs WHERE id = 'run' FOR UPDATE"),
    ):
        intake.adopt(Bank(Path(), ()))
        assert time.monotonic() - began < 4
        states = [at.engine.row(one).state for one in ("room", "run", "free")]
        assert states == ["queued", "queued", "our_failure"]
    intake.sweep(NOON)
    assert {at.engine.row(one).state for one in ("room", "run")} == {"our_failure"}


def test_a_run_that_is_being_claimed_stops_no_start(at: House) -> None:
    """Who claims has the job, and asks for the run."""
    for number, name in enumerate(("a", "b")):
        at.engine.put(name, at=number, question_digest="old")
    with held(at, "SELECT FROM procrastinate_jobs ORDER BY id LIMIT 1 FOR UPDATE"):
        began = time.monotonic()
        PostgresIntake(at.database, 2).adopt(Bank(Path(), ()))
        assert time.monotonic() - began < 4
    assert {at.engine.row(one).state for one in "ab"} == {"our_failure"}
    # Nobody's job is found to be that.
    assert at.engine.executor("honest").claim(NOON, MODES) is None
    assert at.owner("SELECT count(*) FROM procrastinate_jobs") == 0


def test_who_leaves_leaves_nothing_that_it_is_just_claiming(at: House) -> None:
    thief = at.thief()
    worker = thief.join("one")
    at.engine.put("a")
    thief.connection.execute("BEGIN")
    assert thief.claim(worker) == "a"
    answers: list[Any] = []

    def leave() -> None:
        with psycopg.connect(**connection_arguments(thief.url), autocommit=True) as other:
            answers.append(other.execute("SELECT torchroom_leave(%s)", [worker]).fetchall())

    leaving = threading.Thread(target=leave)
    leaving.start()
    leaving.join(0.5)
    assert leaving.is_alive(), "it waits for the claim"
    thief.connection.execute("COMMIT")
    leaving.join(5)
    assert answers
    run = at.engine.row("a")
    assert (run.state, run.losses) == ("queued", 0)


def test_slots_of_one_executor_claim_while_it_gives_signs_of_life(at: House) -> None:
    thief = at.thief()
    worker = thief.join("one")
    for name in ("a", "b"):
        at.engine.put(name)
    beat = "SELECT torchroom_beat(%s, '{}', '{}', 30)"
    with psycopg.connect(**connection_arguments(thief.url)) as other:
        thief.connection.execute("BEGIN")
        assert thief.claim(worker) is not None
        claimed = "SELECT run_id FROM torchroom_claim(%s, ARRAY['cpu:submit'], %s, 30)"
        assert other.execute(claimed.encode(), [worker, OTHERS]).fetchone() is not None
        assert thief.ask(beat, worker) is False, "beside the other, which has not committed"
        other.commit()
        thief.connection.execute("COMMIT")
    assert {at.engine.row(one).state for one in "ab"} == {"running"}
    assert at.engine.row("a").lease_token in (TOKEN, OTHERS)


def test_in_front_is_what_waits_for_the_same_device(at: House) -> None:
    for number, device in enumerate(("cpu", "gpu", "cpu", "any", "gpu")):
        at.engine.put(f"{number}", at=number, device=device)
    with at.database.read() as session:
        found = [queries.queue_position(session, at.engine.row(f"{one}")) for one in range(5)]
    assert found == [1, 1, 2, 4, 3]


def test_locks_are_not_waited_for_for_ever(at: House) -> None:
    for url in (at.database.url, f"{at.database.url}&options=-c%20work_mem%3D5MB"):
        database = Database(url)
        with database.engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "5s"
            memory = connection.exec_driver_sql("SHOW work_mem").scalar()
        assert (memory == "5MB") == ("options" in url)
        database.close()


@pytest.mark.parametrize("seconds", [0.0, 3.0, -3.0])
def test_a_clock_that_is_not_the_databases_is_told_of(
    at: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seconds: float
) -> None:
    class Off(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) - timedelta(seconds=seconds)

    monkeypatch.setattr("backend.db.datetime", Off)
    monkeypatch.setattr("backend.db.isinstance", lambda *_: True, raising=False)
    assert at.database.clock_apart() == pytest.approx(seconds, abs=0.5)
    at.database.warn_of_clocks()
    assert ("clock is not ours" in capsys.readouterr().out) == (seconds != 0)
