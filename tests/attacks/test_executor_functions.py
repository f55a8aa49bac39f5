"""Whoever has an executor's password lies to the seven functions that its role may call."""

from __future__ import annotations

import json
from datetime import timedelta
from select import select
from typing import Any

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import func
from sqlalchemy import select as query

from backend.models import Executor, Room, RoomEvent, RunEvent
from backend.queue.lease import DELIVERY_STRIDE
from tests.attacks.executor import TOKEN, House, Thief
from tests.backend.queues import NOON, STATUS, VERDICT, after, claim, finish

OTHERS = "f" * 32
MIB = 1 << 20


@pytest.fixture
def working(at: House, thief: Thief) -> Thief:
    """One that holds the run "mine"."""
    at.engine.put("mine")
    assert thief.claim(thief.join("thief")) == "mine"
    return thief


def told(*events: tuple[int, str, Any]) -> str:
    rows = (
        f"ROW({number}, '{kind}', '{json.dumps(data)}')::torchroom_told"
        for number, kind, data in events
    )
    return f"ARRAY[{', '.join(rows)}]::torchroom_told[]"


def stored(at: House) -> list[tuple[str, int]]:
    with at.database.read() as session:
        found = session.scalars(query(RunEvent).order_by(RunEvent.run_id, RunEvent.sequence))
        return [(one.run_id, one.sequence) for one in found]


def executor(at: House, name: str) -> Executor:
    with at.database.read() as session:
        return session.get_one(Executor, name)


def test_another_ones_run_is_out_of_reach_without_its_token(at: House) -> None:
    one, other = at.thief(), at.thief()
    at.engine.put("theirs")
    assert other.claim(other.join("other"), OTHERS) == "theirs"
    before = at.engine.row("theirs").leased_until
    worker = one.join("one")
    assert one.claim(worker) is None
    end = """SELECT torchroom_end('theirs', %s, '{"outcome": "passed"}', NULL, '{}')"""
    for guess in (TOKEN, "", "%", None):
        assert one.ask(end, guess) is False
        assert (
            one.ask(f"SELECT torchroom_tell('theirs', %s, {told((1000001, 'case', 1))})", guess)
            is False
        )
        one.ask("SELECT torchroom_beat(%s, '{}', ARRAY[%s], 500)", worker, guess)
        one.ask("SELECT torchroom_give_back(ARRAY[%s])", guess)
    run = at.engine.row("theirs")
    assert (run.state, run.leased_until, run.verdict) == ("running", before, None)
    assert stored(at) == []
    # The control: with the token it ends.
    assert one.ask(end, OTHERS) is True


def test_nobody_acts_for_the_worker_of_another_role(at: House) -> None:
    one, other = at.thief(), at.thief()
    worker = other.join("other")
    at.engine.put("a")
    for attempt in (
        "SELECT torchroom_beat(%s, '{}', '{}', 30)",
        f"SELECT torchroom_claim(%s, ARRAY['cpu:submit'], '{TOKEN}', 30)",
    ):
        for number in (worker, None, 0, -1):
            assert one.refused(attempt, number).sqlstate == "TR001"
    one.ask("SELECT torchroom_leave(%s)", worker)
    assert executor(at, "other").role == other.role
    assert other.claim(worker) == "a"


def test_the_name_of_a_live_executor_is_its_own(at: House) -> None:
    one, other = at.thief(), at.thief()
    other.join("taken")
    join = "SELECT torchroom_join('taken', 'h', '0', 'cpu', 1, 30, %s)"
    for again in (False, True, None):
        assert one.refused(join, again).sqlstate == "TR002"
    # The moment is for tests, and nobody but the owner is believed about it.
    later = "SELECT torchroom_join('taken', 'h', '0', 'cpu', 1, 30, false, '2999-01-01')"
    assert one.refused(later).sqlstate == "TR002"
    assert executor(at, "taken").role == other.role
    assert at.owner(later) > 0, "the control: the owner is believed"


@pytest.mark.parametrize("seconds", [1e9, float("inf"), float("nan"), None, -5.0, 0.0, 1e300])
def test_no_lease_is_for_ever(at: House, thief: Thief, seconds: float | None) -> None:
    at.engine.put("a")
    at.engine.put("b")
    worker = thief.join("one", seconds=600)
    assert thief.claim(worker, TOKEN, seconds) == "a"
    beat = "SELECT torchroom_beat(%s, '{}', ARRAY[%s], %s)"
    thief.ask(beat, worker, TOKEN, seconds)
    run, me = at.engine.row("a"), executor(at, "one")
    now = at.owner("SELECT clock_timestamp()")
    for until in (run.leased_until, me.alive_until):
        assert until is not None
        assert now - timedelta(seconds=1) < until <= now + timedelta(seconds=600)
    sweep = "SELECT torchroom_sweep(2, 'lost', clock_timestamp() + interval '601 seconds')"
    assert at.owner(sweep) == 1


def test_its_clock_is_not_asked(at: House, thief: Thief) -> None:
    at.engine.put("a", room_id=room(at))
    never = "'infinity'::timestamptz"
    worker = thief.ask(f"SELECT torchroom_join('one', 'h', '0', 'cpu', 1, 30, false, {never})")
    claimed = "SELECT run_id FROM torchroom_claim(%s, ARRAY['cpu:submit'], %s, 30, "
    assert thief.ask(f"{claimed}{never})", worker, TOKEN) == "a"
    thief.ask(f"SELECT torchroom_beat(%s, '{{}}', ARRAY[%s], 30, {never})", worker, TOKEN)
    soon = at.owner("SELECT clock_timestamp() + interval '31 seconds'")
    run = at.engine.row("a")
    assert run.leased_until is not None
    assert run.started_at is not None
    assert max(run.leased_until, run.started_at, executor(at, "one").alive_until) < soon
    assert thief.ask(
        f"SELECT torchroom_end('a', %s, %s, NULL, '{{}}', {never})", TOKEN, json.dumps(VERDICT)
    )
    with at.database.read() as session:
        noted = session.scalars(query(RoomEvent)).one()
        assert max(noted.at, session.get_one(Room, "room").due_at or noted.at) < soon


def room(at: House) -> str:
    with at.database.write() as session:
        session.add(Room(id="room", created_at=NOON, candidate_hash="c", interviewer_hash="i"))
    return "room"


def test_into_a_rooms_log_it_writes_only_how_its_own_run_ended(at: House, thief: Thief) -> None:
    at.engine.put("a", room_id=room(at))
    at.engine.put("b", at=1)
    worker = thief.join("one")
    assert thief.claim(worker) == "a"
    end = f"SELECT torchroom_end(%s, '{TOKEN}', %s, %s, '{{}}')"
    assert thief.ask(end, "a", json.dumps(VERDICT), None) is True
    assert thief.ask(end, "a", '{"outcome": "failed"}', None) is False, "twice"
    assert thief.ask(end, "b", '{"outcome": "passed"}', None) is False, "not its own"
    note = "SELECT torchroom_note('room', 'verdict', '{}', now())"
    assert isinstance(thief.refused(note), errors.InsufficientPrivilege)
    with at.database.read() as session:
        noted = session.scalars(query(RoomEvent)).one()
    assert (noted.kind, noted.body["run"]) == ("verdict", "a")
    assert noted.body["verdict"] == VERDICT


def test_a_run_ends_with_a_verdict_or_a_failure(at: House, working: Thief) -> None:
    end = f"SELECT torchroom_end('mine', '{TOKEN}', %s, %s, '{{}}')"
    assert working.ask(end, '{"outcome": "passed"}', "We failed.") is False
    assert working.ask(end, None, None) is False
    for verdict in ("null", "[]", '"passed"', "7"):
        assert isinstance(working.refused(end, verdict, None), errors.InvalidParameterValue)
    assert at.engine.row("mine").state == "running"
    assert working.ask(end, None, "x" * 10_000) is True
    assert len(at.engine.row("mine").failure or "") == 4000


def test_no_code_but_of_what_it_was_handed(at: House, working: Thief) -> None:
    at.engine.put("gpu", device="gpu")
    worker = working.join("thief")
    claimed = "SELECT run_id FROM torchroom_claim(%s, %s::text[], %s, 30)"
    for queues in (None, [], ["gpu:submit"], ["gpu:run", "cpu:run"], ["%"]):
        assert working.ask(claimed, worker, queues, OTHERS) is None
    assert at.engine.row("gpu").state == "queued"


@pytest.mark.parametrize("token", [None, "", "abc", "x" * 32, "f" * 33, "F" * 32])
def test_a_token_that_could_be_guessed_is_none(at: House, thief: Thief, token: str | None) -> None:
    at.engine.put("a")
    claimed = "SELECT torchroom_claim(%s, ARRAY['cpu:submit'], %s, 30)"
    refused = thief.refused(claimed, thief.join("one"), token)
    assert isinstance(refused, errors.InvalidParameterValue)
    assert at.engine.row("a").state == "queued"


def test_events_keep_to_the_numbers_of_their_delivery(at: House, working: Thief) -> None:
    first = DELIVERY_STRIDE
    half = first + DELIVERY_STRIDE // 2
    numbers = [-1, 0, 1, first - 1, first + 1, half - 1, half, 2 * first - 1, 2 * first, 2**31 - 1]
    events = told(*((number, "case", {}) for number in numbers))
    assert working.ask(f"SELECT torchroom_tell('mine', '{TOKEN}', {events})")
    assert stored(at) == [("mine", first + 1), ("mine", half - 1)]


def test_an_event_that_was_told_is_told(at: House, working: Thief) -> None:
    """Neither written over, nor in the way of one that is sent again."""
    tell = f"SELECT torchroom_tell('mine', '{TOKEN}', %s)"
    one = f"SELECT torchroom_tell('mine', '{TOKEN}', {told((1000001, 'case', 'first'))})"
    assert working.ask(one)
    again = told((1000001, "case", "second"), (1000002, "case", "third"))
    assert working.ask(tell % again)
    with at.database.read() as session:
        assert session.scalars(query(RunEvent.data).order_by(RunEvent.sequence)).all() == [
            "first",
            "third",
        ]


def test_a_type_is_one_word_in_one_line(at: House, working: Thief) -> None:
    kinds = ("case\ndata: {}", "case: x", "", "CASE", "x" * 21, "case ")
    events = told(*((1000001 + number, kind, 0) for number, kind in enumerate(kinds)))
    assert working.ask(f"SELECT torchroom_tell('mine', '{TOKEN}', {events})")
    assert stored(at) == []


def test_what_it_may_fill_has_an_end(at: House, working: Thief) -> None:
    big = "('\"' || repeat('x', %s) || '\"')"
    end = f"SELECT torchroom_end('mine', '{TOKEN}', ('{{\"a\": ' || {big} || '}}')::json, NULL, '{{}}')"
    assert working.refused(end, 33 * MIB).sqlstate == "TR003"
    worker = working.join("thief")
    beat = f"SELECT torchroom_beat(%s, ('{{\"a\": ' || {big} || '}}')::json, '{{}}', 30)"
    assert working.refused(beat, worker, 65 * 1024).sqlstate == "TR003"
    for status in ("null", "[]", "1"):
        refused = working.refused("SELECT torchroom_beat(%s, %s, '{}', 30)", worker, status)
        assert isinstance(refused, errors.InvalidParameterValue)
    tell = (
        f"SELECT torchroom_tell('mine', '{TOKEN}', ARRAY[ROW(%s, 'case', {big})::torchroom_told])"
    )
    assert working.ask(tell, 1000001, 100 * MIB)
    assert working.refused(tell, 1000002, 50 * MIB).sqlstate == "TR003"
    # Also not with the next delivery of the same run.
    working.ask(f"SELECT torchroom_give_back(ARRAY['{TOKEN}'])")
    assert working.claim(worker) == "mine"
    assert working.refused(tell, 2000001, 50 * MIB).sqlstate == "TR003"
    with at.database.read() as session:
        assert session.scalar(query(func.count()).select_from(RunEvent)) == 1


@pytest.mark.parametrize("name", ["", "x" * 65, "a\nb", "a\x1b[2Jb", None])
def test_a_name_is_a_line_that_can_be_read(thief: Thief, name: str | None) -> None:
    join = "SELECT torchroom_join(%s, 'h', '0', 'cpu', 1, 30, false)"
    assert isinstance(thief.refused(join, name), errors.InvalidParameterValue)


def test_one_role_has_a_hundred_names_at_most(at: House, thief: Thief) -> None:
    worker = thief.join("first")
    many = "SELECT count(torchroom_join('n' || n, %s, %s, 'cpu', 1, 1, false)) FROM generate_series(1, %s) AS n"
    assert thief.ask(many, "h" * 1000, "v" * 1000, 99) == 99
    assert thief.refused(many, "h", "v", 100).sqlstate == "TR003"
    thief.join("n5")
    thief.ask("SELECT torchroom_beat(%s, '{}', '{}', 30)", worker)
    # Those that are long gone make room.
    at.owner(
        "UPDATE executors SET alive_until = alive_until - interval '1 hour' WHERE name = 'n7' RETURNING 1"
    )
    thief.join("new")
    assert at.owner("SELECT count(*) FROM executors") == 100


def test_an_open_transaction_of_it_stops_nobody_else(at: House, thief: Thief) -> None:
    """It may keep what it was handed, for as long as the server lets it sit idle (roles.WATCH)."""
    at.engine.put("held")
    at.engine.put("free", at=1)
    worker = thief.join("one", seconds=1)
    thief.connection.execute("BEGIN")
    assert thief.claim(worker, seconds=1) == "held"
    honest = at.engine.executor("honest")
    lease = claim(honest, 2)
    assert lease.run_id == "free"
    assert honest.beat(STATUS, [lease], after(3)) is False
    assert at.engine.intake.sweep(after(4)) == 0
    assert finish(honest, lease, 5)
    thief.connection.execute("SET idle_in_transaction_session_timeout = '1ms'")
    select([thief.connection.fileno()], [], [], 10)  # until the server hangs up
    with pytest.raises(psycopg.Error):
        thief.connection.execute("SELECT 1")
    assert at.engine.row("held").state == "queued"
