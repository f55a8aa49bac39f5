"""Leases: every run is handed out once, comes back when it is lost, and is recorded once.

All of it on both engines: in one process on SQLite, and for many machines on Postgres.
"""

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from backend.db import Database
from backend.models import FINISHED, OUR_FAILURE, QUEUED, RUNNING, Room, RoomEvent, RunEvent
from backend.queue.contract import Queue
from backend.queue.lease import DELIVERY_STRIDE, MODES, Ending
from backend.runs import queries
from tests.backend.queues import (
    NOON,
    STATUS,
    VERDICT,
    Engine,
    after,
    claim,
    engine_on,
    fail,
    finish,
)


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    with engine_on(database) as engine:
        yield engine


def events(engine: Engine) -> int:
    with engine.database.read() as session:
        return session.scalar(select(func.count()).select_from(RunEvent)) or 0


def test_a_claimed_run_is_not_handed_out_again(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("a", question_digest="d" * 64)
    lease = claim(queue, at=1)
    assert (lease.run_id, lease.code, lease.delivery) == ("a", "x", 1)
    assert (lease.question, lease.mode, lease.question_digest) == ("scale-rows", "submit", "d" * 64)
    assert queue.claim(after(1), MODES) is None
    run = engine.row("a")
    assert (run.state, run.started_at, run.leased_until) == (RUNNING, after(1), after(31))


def test_a_run_goes_before_every_submit_and_else_the_oldest_is_next(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("submit-0", at=0)
    engine.put("submit-5", at=5)
    engine.put("run-60", "run", at=60)
    engine.put("run-61", "run", at=61)
    with engine.database.read() as session:
        positions = [
            queries.queue_position(session, engine.row(name))
            for name in ("run-60", "run-61", "submit-0", "submit-5")
        ]
    assert positions == [1, 2, 3, 4]
    order = [claim(queue).run_id for _ in range(4)]
    assert order == ["run-60", "run-61", "submit-0", "submit-5"]


def test_a_slot_kept_for_submits_takes_no_run(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("run", "run")
    assert queue.claim(NOON, ("submit",)) is None
    engine.put("submit", at=1)
    assert claim(queue, modes=("submit",)).run_id == "submit"
    assert claim(queue).run_id == "run"


def test_many_workers_share_without_taking_one_twice(engine: Engine) -> None:
    queue = engine.executor()
    names = [f"r{number:02}" for number in range(24)]
    for name in names:
        engine.put(name)
    taken: list[str] = []

    def work() -> None:
        while True:
            lease = queue.claim(NOON, MODES)
            if lease is not None:
                taken.append(lease.run_id)
            with engine.database.read() as session:
                if queries.count_queued(session) == 0:
                    return

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == names


def test_a_verdict_is_recorded_with_its_events_in_one_piece(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("a")
    assert finish(queue, claim(queue), 2, "state", "case")
    run = engine.row("a")
    assert (run.state, run.verdict, run.finished_at) == (FINISHED, VERDICT, after(2))
    assert run.lease_token is None
    with engine.database.read() as session:
        kept = queries.events_after(session, "a", 0)
    assert [(event.sequence, event.type, event.data) for event in kept] == [
        (DELIVERY_STRIDE + 1, "state", {"kind": "state"}),
        (DELIVERY_STRIDE + 2, "case", {"kind": "case"}),
    ]


def test_what_a_program_may_print_is_kept_as_it_is(engine: Engine) -> None:
    """NUL and half a character are JSON, but not every column that holds JSON takes them."""
    queue = engine.executor()
    engine.put("a")
    said = {"text": "a\0b", "half": "\ud800", "colon": ":now %s %(x)s", "quote": "'\""}
    with queue.story(claim(queue)) as story:
        queue.tell(story, "output", said)
        assert queue.end(story, Ending({"outcome": "passed", "stdout": said}), after(1))
    verdict = engine.row("a").verdict
    assert verdict is not None
    assert verdict["stdout"] == said
    with engine.database.read() as session:
        assert [event.data for event in queries.events_after(session, "a", 0)] == [said]


def test_our_failure_is_recorded_as_ours(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("a")
    assert fail(queue, claim(queue), 2)
    run = engine.row("a")
    assert (run.state, run.verdict, run.failure) == (OUR_FAILURE, None, "We failed.")
    assert queue.claim(after(3), MODES) is None


def test_a_late_result_is_turned_away(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("a")
    late = claim(queue)
    assert engine.intake.sweep(after(29)) == 0
    assert engine.intake.sweep(after(31)) == 1
    second = claim(queue, at=32)
    assert second.delivery == 2
    assert not finish(queue, late, 33, "case")
    assert not fail(queue, late, 33)
    assert engine.row("a").state == RUNNING
    assert events(engine) == 0
    assert finish(queue, second, 34, "case")
    assert not finish(queue, second, 35, "case")
    assert events(engine) == 1


def test_a_late_result_is_turned_away_also_after_the_run_has_ended(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("a")
    late = claim(queue)
    engine.intake.sweep(after(31))
    assert fail(queue, claim(queue, at=32), 33)
    assert not finish(queue, late, 34)
    assert engine.row("a").state == OUR_FAILURE


def test_a_renewed_lease_does_not_run_out(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("a")
    lease = claim(queue)
    assert queue.beat(STATUS, [lease], after(20)) is False
    assert engine.intake.sweep(after(49)) == 0
    assert finish(queue, lease, 49)


def test_a_run_lost_three_times_is_our_failure(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("a")
    for delivery in (1, 2, 3):
        assert claim(queue, at=delivery * 100).delivery == delivery
        assert engine.intake.sweep(after(delivery * 100 + 31)) == (0 if delivery == 3 else 1)
        assert engine.row("a").losses == delivery
    run = engine.row("a")
    assert run.state == OUR_FAILURE
    assert run.failure is not None
    assert "our failure" in run.failure
    assert queue.claim(after(500), MODES) is None
    assert engine.intake.sweep(after(600)) == 0


def test_one_that_comes_back_gives_up_what_it_held(engine: Engine) -> None:
    """A process that was killed and started again does not wait for its own leases to run out."""
    queue = engine.executor()
    engine.put("a")
    engine.put("b")
    late = claim(queue)
    again = engine.executor(at=1)
    engine.intake.sweep(after(1))
    assert {claim(again, 2).run_id, claim(again, 2).run_id} == {"a", "b"}
    assert engine.row("a").losses == 1
    assert not finish(queue, late, 3)


def test_a_run_given_back_counts_as_no_loss_and_keeps_its_place(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("a")
    engine.put("b", at=1)
    for _ in range(5):
        queue.give_back([claim(queue)])
    run = engine.row("a")
    assert (run.state, run.losses, run.delivery, run.started_at) == (QUEUED, 0, 5, None)


def test_who_leaves_gives_back_what_is_unfinished(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("a")
    late = claim(queue)
    queue.leave()
    assert (engine.row("a").state, engine.row("a").losses) == (QUEUED, 0)
    assert not finish(queue, late, 1)
    assert claim(engine.executor(at=2), at=2).run_id == "a"


def test_the_end_of_a_run_is_noted_in_its_rooms_log(engine: Engine) -> None:
    queue = engine.executor()
    with engine.database.write() as session:
        session.add(
            Room(id="room", created_at=NOON, candidate_hash="c", interviewer_hash="i", head=1)
        )
        session.flush()
        first = {"seq": 1, "at": after(9), "author": "system", "kind": "created", "body": {}}
        session.add(RoomEvent(room_id="room", **first))
    for at, name in enumerate(("judged", "failed", "lost")):
        engine.put(name, at=at, room_id="room")
    assert finish(queue, claim(queue, 1), 2)
    assert fail(queue, claim(queue, 10), 11)
    for delivery in (1, 2, 3):
        claim(queue, at=delivery * 100)
        engine.intake.sweep(after(delivery * 100 + 31))
    with engine.database.read() as session:
        noted = session.scalars(select(RoomEvent).where(RoomEvent.seq > 1).order_by("seq")).all()
        room = session.get_one(Room, "room")
    about = {"question": "scale-rows", "mode": "submit"}
    assert [(one.seq, one.author, one.kind) for one in noted] == [
        (2, "system", "verdict"),
        (3, "system", "failure"),
        (4, "system", "failure"),
    ]
    assert noted[0].body == {"run": "judged", **about, "verdict": VERDICT}
    assert noted[1].body == {"run": "failed", **about, "message": "We failed."}
    assert noted[2].body["run"] == "lost"
    # Time in a log never goes back, a clock may.
    assert [one.at for one in noted] == [after(9), after(11), after(331)]
    assert (room.head, room.due_at) == (4, after(331))


def when_quiet(queue: Queue) -> int:
    """The news when no more comes: on Postgres what was said of a run that was put is still on its
    way. Whoever is woken all the time, without a reason, never gets there."""
    until = time.monotonic() + 5
    while queue.wait(seen := queue.news, 0.5):
        assert time.monotonic() < until
    return seen


def test_news_between_a_look_and_the_wait_is_not_slept_through(engine: Engine) -> None:
    queue = engine.executor()
    seen = queue.news
    engine.put("a")
    woken = threading.Event()

    def wait() -> None:
        queue.wait(seen, 60)
        woken.set()

    threading.Thread(target=wait, daemon=True).start()
    assert woken.wait(5)


def test_news_of_a_run_that_comes_back_wakes_who_waits(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("a")
    claim(queue)
    seen = when_quiet(queue)
    assert engine.intake.sweep(after(31)) == 1
    assert queue.wait(seen, 5)
