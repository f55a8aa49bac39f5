"""Two web replicas of the real stack serve one room: people sit at different ones, one dies."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from docker import DockerClient
from docker.models.containers import Container
from playwright.sync_api import Browser, expect

from tests.e2e.room import VERDICT, answer
from tests.e2e.seats import SOON, Seat, new_room, sit_down
from tests.stack.harm import crash
from tests.stack.hosting import nginx, status, two_free_ports
from tests.stack.stack import Stack, free_port, wait_until

pytestmark = pytest.mark.host
QUESTION = "layer-norm"
# A replica that is not seen for 15 s has gone, which is looked for every 3 s.
GONE = 30_000


@pytest.fixture(scope="module")
def stack(docker_engine: DockerClient, built: Path) -> Iterator[Stack]:
    first = two_free_ports()
    stack = Stack(docker_engine, built, TORCHROOM_PORT=f"{first}-{first + 1}")
    stack.port = first
    stack.url = f"http://127.0.0.1:{first}"
    try:
        stack.compose("up", "-d", "--scale", "web=2")
        stack.wait_healthy("db", "executor")
        wait_until(lambda: set(webs(stack)) == {first, first + 1}, 60)
        yield stack
    finally:
        stack.down()


def webs(stack: Stack) -> dict[int, Container]:
    """Port -> the healthy replica that is reached there."""
    found = {}
    for one in stack.containers("web"):
        if one.attrs["State"]["Health"]["Status"] == "healthy":
            [bound] = one.attrs["NetworkSettings"]["Ports"]["8000/tcp"]
            found[int(bound["HostPort"])] = one
    return found


def is_up(stack: Stack, port: int) -> bool:
    return port in webs(stack)


def second(stack: Stack, link: str) -> str:
    """The same page at the other replica."""
    return link.replace(f":{stack.port}/", f":{stack.port + 1}/")


def both_type(one: Seat, other: Seat, words: str) -> str:
    """At the end and at the beginning, letter by letter in turn. Returns the text they end with."""
    for seat, place in ((one, "Control+End"), (other, "Control+Home")):
        seat.code.click()
        seat.page.keyboard.press(place)
    for letter in words:
        one.page.keyboard.insert_text(letter)
        other.page.keyboard.insert_text(letter)
    for seat in (one, other):
        seat.expect_saved()
    text = one.text()
    assert text.startswith(words)
    assert text.endswith(words)
    other.expect_text(text)
    return text


def expect_candidate(seat: Seat, words: str, within: float = SOON) -> None:
    """What is said of where the candidate is."""
    people = seat.page.get_by_role("list", name="Who is here")
    expect(people.locator(".person-candidate")).to_contain_text(words, timeout=within)


def submit(by: Seat, *seen_by: Seat) -> None:
    by.replace_code(answer(QUESTION))
    by.expect_saved()
    by.button("Submit").click()
    for seat in (by, *seen_by):
        passed = seat.result.get_by_role("heading", name="Submit: All")
        expect(passed).to_be_visible(timeout=VERDICT)


def begin(browser: Browser, candidate: str, interviewer: str, **options: bool) -> tuple[Seat, Seat]:
    pair = sit_down(browser, candidate, **options), sit_down(browser, interviewer, **options)
    pair[0].begin().go_on_to_code()
    pair[0].replace_code("middle")
    expect(pair[1].code).to_be_visible(timeout=SOON)
    pair[1].expect_text("middle")
    return pair


def test_two_people_at_two_replicas_and_one_of_these_is_killed(
    stack: Stack, browser: Browser
) -> None:
    links = new_room(stack.url, question=QUESTION)
    candidate, interviewer = begin(browser, links.candidate, second(stack, links.interviewer))
    expect_candidate(interviewer, "is here")
    both_type(candidate, interviewer, "# both é🙂")
    submit(candidate, interviewer)
    # Of a long text a page draws only what is in sight.
    candidate.replace_code("short")
    text = both_type(candidate, interviewer, "# again")

    crash(webs(stack)[stack.port])
    candidate.page.context.close()
    expect_candidate(interviewer, "is away", GONE)
    moved = sit_down(browser, second(stack, links.candidate))
    moved.expect_text(text)
    expect_candidate(interviewer, "is here")
    both_type(moved, interviewer, "# at one")
    submit(moved, interviewer)

    # The engine has started it again, and it knows the room as if nothing had been.
    wait_until(lambda: stack.port in webs(stack), 60)
    moved.replace_code("and that was all")
    moved.expect_saved()
    third = sit_down(browser, links.interviewer)
    third.expect_text("and that was all")
    expect_candidate(third, "is here")
    for seat in (moved, interviewer, third):
        seat.page.context.close()


@pytest.mark.nginx
def test_behind_nginx_a_page_goes_on_at_whichever_replica_is_left(
    stack: Stack, browser: Browser, tmp_path: Path
) -> None:
    tls = free_port()
    instead = {"8000": str(stack.port), "8001": str(stack.port + 1), "443": str(tls)}
    with nginx(tmp_path / "nginx", "Behind a proxy", instead):
        url = f"https://localhost:{tls}"
        wait_until(lambda: status(f"{url}/readyz", "localhost") == 200, 10)
        made = new_room(stack.url, question=QUESTION)
        links = [link.replace(stack.url, url) for link in (made.candidate, made.interviewer)]
        pair = begin(browser, *links, ignore_https_errors=True)
        candidate, interviewer = pair
        submit(candidate, interviewer)
        for port in (stack.port, stack.port + 1):
            candidate.type_at_end(f"# {port} ")
            crash(webs(stack)[port])
            candidate.page.keyboard.type("dies while one types", delay=100)
            both_type(candidate, interviewer, "# on")
            assert f"# {port} dies while one types" in candidate.text()
            expect_candidate(interviewer, "is here")
            wait_until(partial(is_up, stack, port), 60)
        submit(candidate, interviewer)
        for seat in pair:
            seat.page.context.close()
