"""The parts of the real stack are killed, cut off and restarted while code is judged.

After each: no run is lost, none has two results, everything is healthy by itself, and what the page
said meanwhile was true.
"""

import re
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from docker import DockerClient
from playwright.sync_api import Browser, Page, expect

from tests.e2e.room import Room, answer
from tests.stack.books import Books
from tests.stack.harm import HEAL_SECONDS, crash, cut_off, judging
from tests.stack.stack import Stack, wait_until
from tests.stack.visitor import ANSWER, ROOM_QUESTION, finished, replaced, seat, send, slow
from tests.stack.witness import Witness

pytestmark = pytest.mark.host
KILLS = 20
# So many that one which is killed has mostly been up for ten seconds before: such the engine starts
# again at once, the others later and later.
EXECUTORS = 3
LOST = re.compile("We lost the machine that was judging this")
UNTRUE = re.compile(
    f"{LOST.pattern}|no longer connected|[Nn]o executor|our fault|Submit: waiting|not be judged"
)
UNDER_WAY = re.compile("Submit: (running|[0-9]+ judged so far)…")
NOT_KNOWN = "Submit: was running when last heard of"
AWAY = re.compile("Torchroom does not answer|cannot reach its database")


@pytest.fixture(scope="module")
def stack(docker_engine: DockerClient, built: Path) -> Iterator[Stack]:
    """One of its own, with several executors, so that one can take over."""
    stack = Stack(docker_engine, built, TORCHROOM_SLOTS="1")
    try:
        stack.compose("up", "-d", "--scale", f"executor={EXECUTORS}")
        wait_until(lambda: is_whole(stack), HEAL_SECONDS, lambda: unwell(stack))
        yield stack
    finally:
        stack.down()


@pytest.fixture
def books(stack: Stack) -> Books:
    return Books(stack)


@pytest.fixture(autouse=True)
def whole_afterwards(stack: Stack) -> Iterator[None]:
    yield
    wait_until(lambda: is_whole(stack), HEAL_SECONDS, lambda: unwell(stack))
    Books(stack).check_all_ended()


def is_whole(stack: Stack) -> bool:
    healthy = [
        one.attrs["State"].get("Health", {}).get("Status")
        for name in ("db", "web", "executor")
        for one in stack.containers(name)
    ]
    return healthy == ["healthy"] * (2 + EXECUTORS) and ready(stack) == EXECUTORS


def ready(stack: Stack) -> int:
    """How many executors the service says are there."""
    return int(stack.get("/api/v1/system")["executors"])


def unwell(stack: Stack) -> str:
    return "\n".join(
        f"{one.name} {one.attrs['State']}\n{one.logs(tail=30).decode(errors='replace')}"
        for name in ("db", "web", "executor")
        for one in stack.containers(name)
    )


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def room(page: Page, stack: Stack) -> Room:
    return Room(page, stack.url).open()


def test_a_question_is_solved_through_the_page(room: Room) -> None:
    room.submit_text(ANSWER)
    expect(room.heading("Submit: All")).to_be_visible(timeout=20_000)
    expect(room.page.get_by_role("contentinfo")).to_contain_text(f"{EXECUTORS} executors")


@pytest.mark.timeout(900)
def test_an_executor_killed_in_mid_run_loses_nothing(stack: Stack, books: Books) -> None:
    for number in range(KILLS):
        mode = "run" if number % 2 else "submit"
        run_id = send(stack, slow(3), mode)
        crash(judging(stack, books, run_id))
        run = finished(stack, run_id)
        assert run["state"] == "finished", run
        assert run["verdict"]["outcome"] == "passed"
        row = books.run(run_id)
        assert (row["losses"], row["delivery"]) == (1, 2)
        books.check()
        wait_until(lambda: ready(stack) >= EXECUTORS - 1, HEAL_SECONDS)


def test_the_page_says_that_a_machine_was_lost_and_then_the_verdict(
    stack: Stack, books: Books, room: Room
) -> None:
    room.submit_text(slow(3))
    expect(room.heading(re.compile("Submit: running"))).to_be_visible()
    [row] = books.ask("SELECT id FROM runs WHERE state = 'running'")
    witness = Witness(room.page)
    crash(judging(stack, books, row["id"]))
    # Once for those who see it, once for those who hear it.
    expect(room.result.get_by_text(LOST)).to_have_count(2, timeout=30_000)
    expect(room.heading("Submit: All")).to_be_visible(timeout=30_000)
    expect(room.result.get_by_text(LOST)).to_have_count(0)
    # Where others say that a page never said it, it would have been seen as here.
    assert [said for said in witness.all() if len(LOST.findall(said)) == 2]
    assert books.run(row["id"])["losses"] == 1


def test_without_any_executor_the_page_says_so_and_the_run_waits(stack: Stack, room: Room) -> None:
    for container in stack.containers("executor"):
        container.stop(timeout=10)
    expect(room.page.get_by_text("No executor is connected").first).to_be_visible(timeout=30_000)
    room.submit_text(ANSWER)
    expect(room.heading(re.compile("no executor is connected"))).to_be_visible(timeout=15_000)
    for container in stack.containers("executor"):
        container.start()
    expect(room.heading("Submit: All")).to_be_visible(timeout=40_000)
    expect(room.page.get_by_text("No executor is connected")).to_have_count(0)


def is_delivered(books: Books, run_id: str, times: int) -> bool:
    return bool(books.run(run_id)["delivery"] == times)


def test_a_run_that_kills_its_executor_again_and_again_is_given_up(
    stack: Stack, books: Books, room: Room
) -> None:
    room.submit_text(slow(3))
    expect(room.heading(re.compile("Submit: running"))).to_be_visible()
    [row] = books.ask("SELECT id FROM runs WHERE state = 'running'")
    for delivery in (1, 2, 3):
        wait_until(partial(is_delivered, books, row["id"], delivery), HEAL_SECONDS)
        crash(judging(stack, books, row["id"]))
    run = finished(stack, row["id"])
    assert run["state"] == "our_failure"
    assert run["verdict"] is None
    expect(room.heading("This is our fault, not your code’s")).to_be_visible(timeout=15_000)
    time.sleep(5)  # it does not come back
    after = books.run(row["id"])
    assert (after["state"], after["losses"], after["delivery"]) == ("our_failure", 3, 3)
    # Who had to do with it is well, and judges others.
    assert finished(stack, send(stack, ANSWER))["verdict"]["outcome"] == "passed"


def test_a_room_is_told_once_although_executor_and_web_are_killed(
    stack: Stack, books: Books
) -> None:
    with seat(stack) as (room_id, say):
        say("next", stage=-1)
        document = f"code/{ROOM_QUESTION}"
        text = f"import time\ntime.sleep(3)\n{answer(ROOM_QUESTION)}"
        say("edit", document=document, version=0, client="c", changes=[replaced(stack, text)])
        say("run", question=ROOM_QUESTION, mode="submit")
    of_room = f"SELECT id FROM runs WHERE room_id = '{room_id}'"
    [row] = books.ask(of_room)
    crash(judging(stack, books, row["id"]))
    crash(stack.container("web"))
    wait_until(lambda: books.run(row["id"])["state"] == "finished", HEAL_SECONDS)
    kept = books.run(row["id"])
    assert (kept["losses"], kept["verdict"]["outcome"]) == (1, "passed")
    told = f"SELECT kind FROM events WHERE room_id = '{room_id}' AND kind IN ('verdict', 'failure')"
    assert books.ask(told) == [{"kind": "verdict"}]


def test_web_killed_in_mid_run(stack: Stack, books: Books, room: Room) -> None:
    for _ in range(3):
        room.submit_text(slow(3))
        expect(room.heading(re.compile("Submit: running"))).to_be_visible()
        [row] = books.ask("SELECT id FROM runs WHERE state = 'running'")
        crash(stack.container("web"))
        expect(room.page.get_by_text("Torchroom does not answer").first).to_be_visible()
        expect(room.heading("Submit: All")).to_be_visible(timeout=40_000)
        expect(room.page.get_by_text("Torchroom does not answer")).to_have_count(0, timeout=15_000)
        kept = books.run(row["id"])
        assert (kept["losses"], kept["delivery"]) == (0, 1)
        wait_until(lambda: stack.is_healthy("web"), HEAL_SECONDS)


def test_the_database_is_restarted_in_mid_run(stack: Stack, books: Books, room: Room) -> None:
    room.submit_text(slow(4))
    expect(room.heading(re.compile("Submit: running"))).to_be_visible()
    [row] = books.ask("SELECT id FROM runs WHERE state = 'running'")
    witness = Witness(room.page)
    stack.container("db").restart(timeout=10)
    expect(room.heading("Submit: All")).to_be_visible(timeout=40_000)
    for said in witness.all():
        # All of them are there. It may say that it does not know; then also why.
        assert not UNTRUE.search(said), said
        assert NOT_KNOWN not in said or AWAY.search(said), said
    kept = books.run(row["id"])
    assert (kept["losses"], kept["delivery"]) == (0, 1)


def test_the_database_is_away_for_a_while(stack: Stack, books: Books, room: Room) -> None:
    room.write(ANSWER)
    [before] = books.ask("SELECT count(*) AS runs FROM runs")
    database = stack.container("db")
    database.stop(timeout=10)
    try:
        room.submit()
        away = room.page.get_by_text(
            re.compile("cannot reach its database|database does not answer")
        )
        expect(away.first).to_be_visible(timeout=20_000)
        room.expect_text("def fuse_conv_bn")
    finally:
        database.start()
    expect(room.heading("Submit: All")).to_be_visible(timeout=40_000)
    [after] = books.ask("SELECT count(*) AS runs FROM runs")
    assert after["runs"] == before["runs"] + 1


def test_the_network_to_the_database_is_cut_for_twenty_seconds(
    stack: Stack, books: Books, room: Room
) -> None:
    """For all executors; a run that ends meanwhile is recorded when the network is back."""
    room.submit_text(slow(8))
    expect(room.heading(UNDER_WAY)).to_be_visible()
    under_way = [row["id"] for row in books.ask("SELECT id FROM runs WHERE state = 'running'")]
    under_way += [send(stack, slow(8)) for _ in range(EXECUTORS - 1)]
    busy = {judging(stack, books, run_id).name for run_id in under_way}
    assert len(busy) == EXECUTORS
    witness = Witness(room.page)
    with cut_off(*stack.containers("executor")):
        waiting = send(stack, ANSWER)
        room.page.wait_for_timeout(20_000)  # and not time.sleep: the page goes on
        assert [books.run(one)["state"] for one in under_way] == ["running"] * EXECUTORS
        assert stack.get(f"/api/v1/runs/{waiting}")["state"] == "queued"
        for said in witness.all():
            assert UNDER_WAY.search(said), said
            assert not UNTRUE.search(said), said
            assert not AWAY.search(said), said
    expect(room.heading("Submit: All")).to_be_visible(timeout=30_000)
    for said in witness.all():
        assert not UNTRUE.search(said), said
        assert not AWAY.search(said), said
    for run_id in (*under_way, waiting):
        assert finished(stack, run_id)["verdict"]["outcome"] == "passed"
        row = books.run(run_id)
        assert (row["losses"], row["delivery"]) == (0, 1)


def test_an_executor_thought_dead_comes_back_with_a_late_result(stack: Stack, books: Books) -> None:
    run_id = send(stack, slow(4))
    silent = judging(stack, books, run_id)
    # As if it had been silent for the whole of its lease, long before the test would end.
    silent.pause()
    try:
        books.tell(f"UPDATE runs SET leased_until = now() - interval '1 s' WHERE id = '{run_id}'")
        run = finished(stack, run_id)
        assert books.run(run_id)["executor"] != silent.attrs["Config"]["Hostname"]
    finally:
        silent.unpause()
    late = "a result came after its lease had run out"
    wait_until(lambda: late in silent.logs().decode(), 30)
    assert finished(stack, run_id) == run
    row = books.run(run_id)
    assert (row["losses"], row["delivery"]) == (1, 2)
