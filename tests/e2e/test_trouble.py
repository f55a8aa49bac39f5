"""What goes wrong is said in a sentence, and what is our fault never as if it were theirs."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route, expect

from tests.e2e.room import VERDICT, Room, answer
from tests.e2e.service import Service

SLEEPER = "import time\ntime.sleep(4)\n" + answer("fuse-conv-bn")


def test_a_full_queue_is_waited_for(room: Room, service: Service) -> None:
    room.write(answer("fuse-conv-bn"))
    with kept_full(service):
        room.submit()
        expect(room.heading("The queue is full")).to_be_visible()
    expect(
        room.result.get_by_text(re.compile("Submit is sent again in|Sending again"))
    ).to_be_visible()
    expect(room.button("Send now")).to_be_visible()
    room.expect_text("def fuse_conv_bn")
    expect(room.heading("Submit: All")).to_be_visible(timeout=VERDICT + 20_000)


def test_waiting_for_a_full_queue_can_be_given_up(room: Room) -> None:
    room.page.route("**/api/v1/runs", busy)
    room.submit_text("# mine\n")
    room.button("Stop trying").click()
    expect(room.result.get_by_text("Submit judges every case")).to_be_visible()
    room.expect_text("# mine")


def test_a_text_that_is_too_large_is_said_and_kept(room: Room) -> None:
    room.submit_text("# mine\n" + "#" * 70_000)
    expect(room.heading("The code is too large")).to_be_visible()
    expect(room.result).to_contain_text("your text is untouched")
    room.page.keyboard.press("Control+Home")
    room.expect_text("# mine")


def test_an_empty_text_is_said(room: Room) -> None:
    room.submit_text(" ")
    expect(room.result).to_contain_text("write something before you send it")


def test_our_failure_does_not_look_like_a_verdict(room: Room) -> None:
    room.submit_text(answer("fuse-conv-bn"))
    expect(room.heading("Submit: All")).to_be_visible(timeout=VERDICT)
    room.page.route("**/api/v1/runs/*/events", lambda route: route.abort())
    room.page.route("**/api/v1/runs/*", our_failure)
    room.submit()
    expect(room.heading("This is our fault, not your code’s")).to_be_visible()
    expect(room.result).to_contain_text("nothing counts against you")
    expect(room.result.locator(".verdict")).to_have_count(0)


def test_an_unknown_question(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/questions/no-such-thing")
    expect(page.get_by_role("heading", level=1, name="There is no such question")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("no-such-thing")
    page.get_by_role("main").get_by_role("link", name="library").click()
    expect(page.get_by_role("heading", level=1, name="Questions")).to_be_visible()


def test_an_unknown_page(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/elsewhere")
    expect(page.get_by_role("heading", level=1, name="There is no such page")).to_be_visible()


def test_a_slot_that_isolates_nothing_is_said_on_every_page(page: Page, service: Service) -> None:
    for path in ("/", "/questions/fuse-conv-bn", "/questions/no-such-thing", "/elsewhere"):
        page.goto(service.url + path)
        expect(page.get_by_role("note")).to_contain_text("Not isolated.")


def test_a_service_that_is_down_is_waited_for(page: Page, mortal: Service) -> None:
    page.goto(mortal.url)
    link = page.get_by_role("link", name="Fuse convolution and batch norm", exact=True)
    expect(link).to_be_visible()
    link.click()
    expect(Room(page, mortal.url).editor).to_be_visible()
    page.get_by_role("link", name="Library").click()
    mortal.stop()
    page.get_by_role("link", name="Layer normalisation").click()
    expect(page.get_by_role("heading", level=1, name="Torchroom does not answer")).to_be_visible()
    mortal.start()
    expect(page.get_by_role("heading", level=1, name="Layer normalisation")).to_be_visible(
        timeout=15_000
    )


@contextmanager
def kept_full(service: Service) -> Iterator[None]:
    """Full from the start, and full again as soon as a run has made room."""
    full, enough = threading.Event(), threading.Event()

    def fill() -> None:
        while not enough.wait(0.02):
            if service.post_run("fuse-conv-bn", SLEEPER) == 503:
                full.set()

    filler = threading.Thread(target=fill)
    filler.start()
    try:
        assert full.wait(20), "the queue took more runs than its limit"
        yield
    finally:
        enough.set()
        filler.join()


def busy(route: Route) -> None:
    route.fulfill(
        status=503,
        headers={"Retry-After": "30"},
        content_type="application/problem+json",
        json={
            "type": "/problems/queue-full",
            "title": "No room",
            "status": 503,
            "detail": "Later.",
            "code": "queue-full",
        },
    )


def our_failure(route: Route) -> None:
    answered = route.fetch()
    run = {
        **answered.json(),
        "state": "our_failure",
        "verdict": None,
        "failure": {"message": "The slot went away."},
    }
    route.fulfill(response=answered, json=run)
