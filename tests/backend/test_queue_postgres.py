"""What only the queue on Postgres meets: answers that get lost, sizes that have an end, and
executors with and without a GPU."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import procrastinate
import pytest
from sqlalchemy import text

from backend.db import Database
from backend.queue import postgres as module
from backend.queue.lease import MODES, Ending
from backend.queue.member import Member, NameTaken
from backend.queue.postgres import TOO_LARGE, PostgresQueue, SentStory
from backend.runs import queries
from tests.backend.queues import NOON, STATUS, VERDICT, Engine, after, claim, engine_on, finish

MIB = 1 << 20


@pytest.fixture
def engine(migrated_postgres_url: str) -> Iterator[Engine]:
    database = Database(migrated_postgres_url)
    with engine_on(database) as engine:
        yield engine
    database.close()


def told(engine: Engine, run: str) -> list[str]:
    with engine.database.read() as session:
        return [event.type for event in queries.events_after(session, run, 0)]


def test_what_arrived_without_our_hearing_of_it_is_sent_again_and_kept_once(
    engine: Engine,
) -> None:
    """The commit went through, and the network was cut before it was said."""
    queue = engine.executor()
    assert isinstance(queue, PostgresQueue)
    engine.put("a")
    lease = claim(queue)
    with queue.story(lease) as story:
        assert isinstance(story, SentStory)
        queue.tell(story, "state", {})
        queue.tell(story, "case", {})
        queue.send_rest(story)
        assert told(engine, "a") == ["state", "case"]
        story.sent = 0
        queue.tell(story, "case", {})
        queue.send_rest(story)
        story.sent = 0
        assert queue.end(story, Ending(VERDICT), after(1))
    assert told(engine, "a") == ["state", "case", "case"]


def test_a_verdict_that_is_too_large_is_our_failure_and_not_judged_again(engine: Engine) -> None:
    queue = engine.executor()
    engine.put("a")
    with queue.story(claim(queue)) as story:
        queue.tell(story, "case", {})
        assert queue.end(story, Ending({"text": "x" * 33 * MIB}), after(1))
    run = engine.row("a")
    assert (run.state, run.failure, run.verdict) == ("our_failure", TOO_LARGE, None)
    assert queue.claim(after(2), MODES) is None


@pytest.mark.slow
def test_who_tells_too_much_still_gets_a_verdict(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GATHER_SECONDS", 3600)
    queue = engine.executor()
    assert isinstance(queue, PostgresQueue)
    engine.put("a")
    with queue.story(claim(queue)) as story:
        for _ in range(3):
            queue.tell(story, "output", {"text": "x" * 50 * MIB})
        queue.send_rest(story)
        queue.tell(story, "case", {})
        assert queue.end(story, Ending(VERDICT), after(1))
    assert engine.row("a").verdict == VERDICT
    assert told(engine, "a") == ["case"]


@pytest.mark.slow
def test_the_largest_that_is_honest_fits(engine: Engine) -> None:
    """Fifty cases that each print 64 KiB of what takes most room as JSON."""
    queue = engine.executor()
    engine.put("a")
    printed = "\ufffd" * (64 << 10)
    case = {"name": "a", "title": "A", "outcome": "failed", "output": printed}
    cases = [case] * 50
    with queue.story(claim(queue)) as story:
        for case in cases:
            queue.tell(story, "case", case)
        assert queue.end(story, Ending({"outcome": "failed", "cases": cases}), after(1))
    assert engine.row("a").state == "finished"
    assert len(told(engine, "a")) == 50


def test_who_has_left_does_not_come_back_by_a_sign_of_life(engine: Engine) -> None:
    """The last one may have been on its way."""
    queue = engine.executor()
    queue.leave()
    assert queue.beat(STATUS, [], after(1)) is True
    with engine.database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM executors")) == 0


def test_one_that_was_replaced_is_handed_nothing_and_learns_why(engine: Engine) -> None:
    first, second = engine.executor(), engine.executor(at=1)
    engine.put("a")
    assert first.claim(after(2), MODES) is None
    with pytest.raises(NameTaken):
        first.beat(STATUS, [], after(2))
    assert finish(second, claim(second, 3), 4)


def test_one_that_was_forgotten_joins_again(engine: Engine) -> None:
    queue = engine.executor()
    with engine.database.write() as session:
        session.execute(text("DELETE FROM executors"))
    engine.put("a")
    assert queue.claim(after(1), MODES) is None
    assert queue.beat(STATUS, [], after(1)) is False
    assert claim(queue, 2).run_id == "a"


def test_a_service_of_its_own_takes_what_there_is(engine: Engine) -> None:
    engine.put("cpu")
    engine.put("gpu", device="gpu", at=1)
    member = Member("own", "host", "0", "gpu", 1, alone=True)
    queue = PostgresQueue(engine.database, member, 30, callers_clock=True)
    queue.join(after(2))
    assert {claim(queue, 3).run_id, claim(queue, 3).run_id} == {"cpu", "gpu"}
    queue.stop(1)


def test_what_needs_a_gpu_waits_for_one_and_what_does_not_never_does(engine: Engine) -> None:
    cpu = engine.executor("cpu")
    engine.put("needs-none", device="cpu", at=0)
    engine.put("needs-gpu", device="gpu", at=1)
    engine.put("takes-any", device="any", at=2)
    assert [claim(cpu).run_id for _ in range(2)] == ["needs-none", "takes-any"]
    assert cpu.claim(NOON, MODES) is None
    gpu = engine.executor("gpu", device="gpu")
    assert claim(gpu).run_id == "needs-gpu"
    assert gpu.claim(NOON, MODES) is None


def test_what_any_device_can_judge_moves_to_the_one_that_is_there(engine: Engine) -> None:
    late = (datetime.now(UTC) - NOON).total_seconds()
    gpu = engine.executor("gpu", device="gpu", at=late)
    engine.put("a", device="any")  # for the GPU, as one is there
    cpu = engine.executor("cpu", at=late + 60)
    engine.intake.sweep(after(late + 10))
    assert cpu.claim(after(late + 60), MODES) is None
    engine.intake.sweep(after(late + 60))  # by now the other is gone
    assert claim(cpu, late + 60).run_id == "a"
    assert gpu.claim(after(late + 60), MODES) is None


def test_a_run_without_its_job_ends_and_comes_back_like_any(engine: Engine) -> None:
    """The rows are the truth; somebody may have emptied the library's tables."""
    queue = engine.executor()
    for name in ("ends", "returns", "lost"):
        engine.put(name)
    ends, returns, _ = (claim(queue) for _ in range(3))
    with engine.database.write() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    assert finish(queue, ends, 1)
    queue.give_back([returns])
    assert engine.intake.sweep(after(31)) == 1
    assert {claim(queue, 32).run_id, claim(queue, 32).run_id} == {"returns", "lost"}


def test_the_librarys_tables_are_those_that_the_migration_made() -> None:
    """Migration 0003 makes them as the installed version describes them, once. A later version may
    want others."""
    changes = sorted(
        path.name
        for path in (Path(procrastinate.__file__).parent / "sql" / "migrations").glob("*.sql")
    )
    assert changes[-1] == "03.04.00_50_post_add_retry_failed_job_procedure.sql", (
        "This version of procrastinate changes its tables. Databases that are there have the old "
        "ones: add a migration that runs the new files of procrastinate/sql/migrations in their "
        "order, on Postgres only; look whether migrations/sql still calls functions that are there "
        "(_v1, _v2); make 0003 give new databases the tables of before it (a copy of the old "
        "schema.sql); and then name the new file here."
    )
