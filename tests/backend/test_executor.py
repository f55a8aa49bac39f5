"""Executors: what each slot looks for, what they leave to others, and how they come and go.

With a sandbox that can be held, on both engines of the queue.
"""

import itertools
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from backend import executor as module
from backend.bank import Bank, load_bank
from backend.clock import utc_now
from backend.db import Database, connection_arguments
from backend.executor import ANY, SUBMIT, Executor, _looks
from backend.fleet import queries
from backend.queue.contract import Queue
from backend.queue.intake import PostgresIntake
from backend.queue.lease import DELIVERY_STRIDE
from backend.queue.member import Member
from backend.queue.postgres import PostgresQueue
from backend.settings import Settings
from tests.backend.fake_sandbox import FakeSandbox
from tests.backend.queues import Engine, engine_on

postgres = pytest.mark.parametrize("database", ["postgres"], indirect=True)


class Place:
    """Where executors are started, each with its sandbox, and stopped at the end."""

    def __init__(self, engine: Engine, bank: Bank) -> None:
        self.engine = engine
        self.bank = bank
        self.replaced: list[str] = []
        self.trouble: list[Exception] = []
        self._started: list[tuple[Executor, FakeSandbox, Queue]] = []

    def queue(self, name: str = "one", slots: int = 1) -> Queue:
        if self.engine.one_process is not None:
            return self.engine.one_process
        return PostgresQueue(self.engine.database, Member(name, "host", "0", "cpu", slots), 30)

    def start(
        self,
        sandbox: FakeSandbox,
        *,
        name: str = "one",
        slots: int = 1,
        bank: Bank | None = None,
        same_bank: bool = True,
        queue: Queue | None = None,
    ) -> Executor:
        queue = queue or self.queue(name, slots)
        executor = Executor(
            queue,
            bank or self.bank,
            sandbox,
            slots,
            0.3,  # three signs of life in it, and the lease itself is the queue's
            utc_now,
            same_bank=same_bank,
            on_trouble=self.trouble.append,
            on_replaced=self.replaced.append,
        )
        if isinstance(queue, PostgresQueue):
            queue.open()
        executor.start()
        self._started.append((executor, sandbox, queue))
        return executor

    def stop(self) -> None:
        for executor, sandbox, queue in self._started:
            sandbox.may_go.set()
            sandbox.may_open.set()
            executor.stop(5)
            if isinstance(queue, PostgresQueue):
                queue.stop(5)

    def state(self, name: str) -> str:
        return self.engine.row(name).state

    def all_end(self, *names: str) -> None:
        until(lambda: all(self.state(name) == "finished" for name in names))


def until(there: Callable[[], object], seconds: float = 10) -> None:
    for _ in range(int(seconds / 0.01)):
        if there():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not come to that")


@pytest.fixture
def place(database: Database, settings: Settings) -> Iterator[Place]:
    with engine_on(database) as engine:
        place = Place(engine, load_bank(settings.questions))
        yield place
        place.stop()


@pytest.fixture
def held(sandbox: FakeSandbox) -> FakeSandbox:
    sandbox.may_go.clear()
    return sandbox


def test_a_single_slot_looks_every_fourth_time_for_a_submit_first() -> None:
    looks = list(itertools.islice(_looks(0, 1), 8))
    assert looks == [ANY, ANY, ANY, SUBMIT + ANY] * 2


def test_of_several_slots_the_first_is_kept_for_submits() -> None:
    for slots in (2, 5):
        assert set(itertools.islice(_looks(0, slots), 20)) == {SUBMIT}
        for number in range(1, slots):
            assert set(itertools.islice(_looks(number, slots), 20)) == {ANY}


def test_a_flood_of_runs_does_not_starve_a_submit(place: Place, sandbox: FakeSandbox) -> None:
    place.engine.put("submit")
    runs = [f"run-{number:02}" for number in range(12)]
    for number, name in enumerate(runs):
        place.engine.put(name, "run", at=number)
    place.start(sandbox)
    place.all_end("submit", *runs)
    assert [mode for mode, _ in sandbox.judged].index("submit") == 3


def test_a_flood_of_submits_does_not_starve_a_run(place: Place, held: FakeSandbox) -> None:
    submits = [f"submit-{number:02}" for number in range(12)]
    for number, name in enumerate(submits):
        place.engine.put(name, at=number)
    place.start(held)
    assert held.started.acquire(timeout=5)
    place.engine.put("run", "run", at=100)
    held.may_go.set()
    place.all_end("run", *submits)
    # Next, or after the one that a look for a Submit may have brought.
    assert [mode for mode, _ in held.judged].index("run") <= 2


def test_with_several_slots_neither_waits_for_the_other(place: Place, held: FakeSandbox) -> None:
    for number in range(6):
        place.engine.put(f"run-{number}", "run", at=number)
    place.start(held, slots=2)
    assert held.started.acquire(timeout=5)
    place.engine.put("submit", at=50)
    assert held.started.acquire(timeout=5)
    assert sorted(mode for mode, _ in held.judged) == ["run", "submit"]
    for number in range(6):
        place.engine.put(f"more-{number}", at=100 + number)
    held.may_go.set()
    place.all_end("submit", *(f"run-{n}" for n in range(6)), *(f"more-{n}" for n in range(6)))


def test_a_stop_gives_back_what_is_under_way_and_that_is_no_loss(
    place: Place, held: FakeSandbox
) -> None:
    place.engine.put("a")
    executor = place.start(held)
    assert held.started.acquire(timeout=5)
    executor.stop(0.3)
    until(lambda: place.state("a") == "queued")
    run = place.engine.row("a")
    assert (run.losses, run.delivery, run.verdict) == (0, 1, None)
    held.may_go.set()


@pytest.fixture
def newer(place: Place, tmp_path: Path) -> Bank:
    """The bank, with one question that has changed since."""
    folder = tmp_path / "newer"
    shutil.copytree(place.bank.folder, folder)
    with (folder / "scale-rows" / "prompt.md").open("a") as prompt:
        prompt.write("\nAnd mind the gap.\n")
    return load_bank(folder)


def digest(bank: Bank) -> str:
    question = bank.get("scale-rows")
    assert question is not None
    return question.digest


@postgres
def test_a_run_of_another_bank_is_left_to_who_has_that(
    place: Place, newer: Bank, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OUTDATED_SECONDS", 0.05)
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.1)
    assert digest(newer) != digest(place.bank)
    old = place.start(sandbox, name="old", same_bank=False)
    place.engine.put("a", question_digest=digest(newer))
    until(lambda: old.status.problem is not None)
    assert old.status.problem is not None
    assert '"scale-rows" is not the one that the service has' in old.status.problem
    assert old.status.state == "ready"
    assert place.engine.row("a").losses == 0
    young = FakeSandbox()
    place.start(young, name="new", bank=newer, same_bank=False)
    place.all_end("a")
    assert (len(sandbox.judged), len(young.judged)) == (0, 1)
    # Nothing is kept back any more: so nothing is said of it.
    until(lambda: old.status.problem is None)


@postgres
def test_one_with_other_questions_leaves_the_queue_alone_for_a_while(
    place: Place, newer: Bank, sandbox: FakeSandbox
) -> None:
    old = place.start(sandbox, same_bank=False)
    place.engine.put("a", question_digest=digest(newer))
    until(lambda: old.status.problem is not None)
    place.engine.put("b", question_digest=digest(place.bank), at=1)
    threading.Event().wait(0.2)
    assert (place.state("b"), place.engine.row("a").delivery) == ("queued", 1)


@postgres
def test_who_starts_the_service_with_newer_questions_holds_up_nothing(
    place: Place, newer: Bank, sandbox: FakeSandbox
) -> None:
    """What was sent before is judged as the question is now; what has left the bank is given up."""
    place.engine.put("before", question_digest=digest(place.bank))
    place.engine.put("gone", at=1, question="dropped-rows", question_digest="0" * 64)
    place.engine.put("behind", at=2, question_digest=digest(newer))
    intake = place.engine.intake
    assert isinstance(intake, PostgresIntake)
    intake.adopt(newer)
    place.start(sandbox, bank=newer, same_bank=False)
    place.all_end("before", "behind")
    gone = place.engine.row("gone")
    assert gone.state == "our_failure"
    assert gone.failure is not None
    assert '"dropped-rows" has left the bank' in gone.failure


@postgres
def test_one_that_is_drained_finishes_what_it_has_and_takes_nothing_new(
    place: Place, held: FakeSandbox
) -> None:
    place.engine.put("a")
    place.start(held)
    assert held.started.acquire(timeout=5)
    drain(place, True)
    place.engine.put("b", at=1)
    held.may_go.set()
    place.all_end("a")
    threading.Event().wait(0.2)
    assert place.state("b") == "queued"
    drain(place, False)
    place.all_end("b")


def drain(place: Place, wanted: bool) -> None:
    with place.engine.database.write() as session:
        assert queries.set_drain(session, "one", wanted)


@postgres
def test_of_two_under_one_name_the_first_ends_and_nothing_counts_twice(
    place: Place, held: FakeSandbox
) -> None:
    place.engine.put("a")
    place.start(held)
    assert held.started.acquire(timeout=5)
    second = FakeSandbox()
    place.start(second)
    until(lambda: place.replaced)
    assert 'another executor has joined under the name "one"' in place.replaced[0].lower()
    assert "TORCHROOM_EXECUTOR_NAME" in place.replaced[0]
    place.engine.intake.sweep(utc_now())
    place.all_end("a")
    first_verdict = place.engine.row("a")
    assert (first_verdict.delivery, first_verdict.losses) == (2, 1)
    held.may_go.set()  # the first one's result comes late
    place.engine.put("b", at=1)
    place.all_end("b")
    assert place.engine.row("a").finished_at == first_verdict.finished_at
    with place.engine.database.read() as session:
        from backend.runs.queries import events_after

        told = [event.sequence for event in events_after(session, "a", 0)]
    assert [one for one in told if one > 2 * DELIVERY_STRIDE] == told[-2:]
    assert len(place.replaced) == 1


def test_a_database_that_is_not_there_yet_is_waited_for(
    postgres_url: str,
    postgres_template: str,
    settings: Settings,
    sandbox: FakeSandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "REJOIN_SECONDS", 0.05)
    database = Database(postgres_url.replace("?host", "_later?host"))
    with engine_on(database) as engine:
        place = Place(engine, load_bank(settings.questions))
        executor = place.start(sandbox)
        until(lambda: len(place.trouble) > 1)
        assert executor.status.state == "ready"
        with psycopg.connect(**connection_arguments(postgres_url), autocommit=True) as owner:
            name = database.engine.url.database
            owner.execute(f"CREATE DATABASE {name} TEMPLATE {postgres_template}".encode())
            try:
                engine.put("a")
                place.all_end("a")
            finally:
                place.stop()
                database.close()
                owner.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
