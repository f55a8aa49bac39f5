"""Leases: every run is handed out once, comes back when it is lost, and is recorded once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from backend.db import Database
from backend.models import FINISHED, OUR_FAILURE, QUEUED, RUNNING, Run, RunEvent
from backend.queue.embedded import DELIVERY_STRIDE, EmbeddedQueue, Event, Lease, rank
from backend.runs import queries

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
VERDICT = {"outcome": "passed"}


@pytest.fixture
def queue(database: Database) -> EmbeddedQueue:
    return EmbeddedQueue(database, lease_seconds=30, redeliveries=2)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def put(database: Database, name: str, mode: str = "submit", at: float = 0) -> None:
    with database.write() as session:
        session.add(
            Run(
                id=name,
                question="scale-rows",
                mode=mode,
                state=QUEUED,
                code="x",
                code_sha256="0" * 64,
                created_at=after(at),
                rank=rank(mode, after(at)),
            )
        )


def row(database: Database, name: str) -> Run:
    with database.read() as session:
        return session.get_one(Run, name)


def claim(queue: EmbeddedQueue, at: float = 0) -> Lease:
    lease = queue.claim(after(at))
    assert lease is not None
    return lease


def test_a_claimed_run_is_not_handed_out_again(database: Database, queue: EmbeddedQueue) -> None:
    put(database, "a")
    lease = claim(queue, at=1)
    assert (lease.run_id, lease.code, lease.delivery) == ("a", "x", 1)
    assert queue.claim(after(1)) is None
    run = row(database, "a")
    assert run.state == RUNNING
    assert run.started_at == after(1)
    assert run.leased_until == after(31)


def test_the_oldest_is_next_but_a_run_overtakes_ten_seconds_of_submits(
    database: Database, queue: EmbeddedQueue
) -> None:
    put(database, "submit-0", at=0)
    put(database, "submit-5", at=5)
    put(database, "run-12", "run", at=12)
    put(database, "run-13", "run", at=13)
    with database.read() as session:
        position = queries.queue_position(session, session.get_one(Run, "submit-5"))
    assert position == 4
    order = [claim(queue).run_id for _ in range(4)]
    assert order == ["submit-0", "run-12", "run-13", "submit-5"]


def test_many_workers_share_without_taking_one_twice(
    database: Database, queue: EmbeddedQueue
) -> None:
    names = [f"r{number:02}" for number in range(24)]
    for name in names:
        put(database, name)
    taken: list[str] = []

    def work() -> None:
        while True:
            lease = queue.claim(NOON)
            if lease is not None:
                taken.append(lease.run_id)
            with database.read() as session:
                if queries.count_queued(session) == 0:
                    return

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == names


def test_a_verdict_is_recorded_with_its_events_in_one_piece(
    database: Database, queue: EmbeddedQueue
) -> None:
    put(database, "a")
    lease = claim(queue)
    events = [Event(DELIVERY_STRIDE + 1, "state", {"state": "running"})]
    assert queue.finish(lease, VERDICT, events, after(2))
    run = row(database, "a")
    assert (run.state, run.verdict, run.finished_at) == (FINISHED, VERDICT, after(2))
    assert run.lease_token is None
    with database.read() as session:
        kept = queries.events_after(session, "a", 0)
        assert [(event.type, event.data) for event in kept] == [("state", {"state": "running"})]


def test_a_late_result_is_turned_away(database: Database, queue: EmbeddedQueue) -> None:
    put(database, "a")
    late = claim(queue)
    assert queue.sweep(after(29)) == 0
    assert queue.sweep(after(31)) == 1
    second = claim(queue, at=32)
    assert second.delivery == 2
    event = Event(1, "case", {})
    assert not queue.finish(late, VERDICT, [event], after(33))
    assert not queue.fail(late, "lost", [event], after(33))
    assert row(database, "a").state == RUNNING
    assert events(database) == 0
    assert queue.finish(second, VERDICT, [event], after(34))
    assert not queue.finish(second, VERDICT, [event], after(35))
    assert events(database) == 1


def events(database: Database) -> int:
    with Session(database.engine) as session:
        return session.query(RunEvent).count()


def test_a_renewed_lease_does_not_run_out(database: Database, queue: EmbeddedQueue) -> None:
    put(database, "a")
    lease = claim(queue)
    queue.extend([lease], after(20))
    assert queue.sweep(after(49)) == 0
    assert queue.finish(lease, VERDICT, [], after(49))


def test_a_run_lost_three_times_is_our_failure(database: Database, queue: EmbeddedQueue) -> None:
    put(database, "a")
    for delivery in (1, 2, 3):
        assert claim(queue, at=delivery * 100).delivery == delivery
        queue.sweep(after(delivery * 100 + 31))
    run = row(database, "a")
    assert run.state == OUR_FAILURE
    assert run.failure is not None
    assert "our failure" in run.failure
    assert queue.claim(after(500)) is None


def test_what_a_dead_process_held_is_handed_out_at_once(
    database: Database, queue: EmbeddedQueue
) -> None:
    put(database, "a")
    put(database, "b")
    claim(queue)
    restarted = EmbeddedQueue(database, lease_seconds=30, redeliveries=2)
    assert restarted.recover(after(1)) == 1
    assert {claim(restarted).run_id, claim(restarted).run_id} == {"a", "b"}


def test_a_run_given_back_counts_as_no_loss(database: Database, queue: EmbeddedQueue) -> None:
    put(database, "a")
    for _ in range(5):
        queue.give_back([claim(queue)])
    run = row(database, "a")
    assert (run.state, run.losses, run.delivery) == (QUEUED, 0, 5)


def test_news_between_a_look_and_the_wait_is_not_slept_through(
    database: Database, queue: EmbeddedQueue
) -> None:
    seen = queue.news
    queue.wake()
    woken = threading.Event()

    def wait() -> None:
        queue.wait(seen, 60)
        woken.set()

    threading.Thread(target=wait, daemon=True).start()
    assert woken.wait(5)
