"""No executor, a machine lost over a run, a database away: the page says how it is, and recovers.

What the service would say of these is put in its answers' place; the service itself is whole.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.room import VERDICT, Room, answer
from tests.e2e.seats import SOON, Seat, new_room, sit_down
from tests.e2e.service import Service
from tests.e2e.sights import SCHEMES, check_axe, check_phone

SYSTEM = "**/api/v1/system"
PROBLEM = "No executor is connected. `torchroom fleet` lists those that were."
NOTICED = 20_000  # milliseconds: while all is well the page asks every 15 seconds
WAITS = "Submit: waiting — no executor is connected; it is judged once one is back"
LOST = "We lost the machine that was judging this; "

# A run's stream that tells what the test says, and nothing else.
STREAM = """
window.EventSource = class extends EventTarget {
  constructor() {
    super();
    this.readyState = 1;
    window.stream = this;
    setTimeout(() => this.onopen?.());
  }
  close() { this.readyState = 2; }
};
window.tell = ([id, data]) => window.stream.dispatchEvent(
  new MessageEvent("state", { data: JSON.stringify(data), lastEventId: String(id) })
);
"""


def slots_are(page: Page, state: str, executors: int, slots: int) -> None:
    def tell(route: Route) -> None:
        answered = route.fetch()
        system = answered.json()
        system["slot"] |= {"kind": "docker", "state": state, "warning": None}
        system["slot"]["problem"] = PROBLEM if state == "away" else None
        route.fulfill(response=answered, json={**system, "executors": executors, "slots": slots})

    page.unroute(SYSTEM)
    page.route(SYSTEM, tell)


def nobody(page: Page) -> None:
    slots_are(page, "away", executors=0, slots=0)


def two(page: Page) -> None:
    slots_are(page, "ready", executors=2, slots=4)


def banner(page: Page) -> Locator:
    return page.locator(".banners")


def expect_nobody(page: Page) -> None:
    expect(banner(page)).to_contain_text("No code can be judged at the moment.", timeout=NOTICED)
    expect(banner(page)).to_contain_text("No executor is connected. torchroom fleet lists")
    expect(banner(page)).to_contain_text("kept, and judged once an executor is back; nothing is lo")
    expect(page.get_by_role("contentinfo")).to_contain_text("No executor is connected")


def test_that_no_executor_is_connected_is_said_on_every_page(page: Page, service: Service) -> None:
    nobody(page)
    for path in ("/", "/interviews", "/questions/fuse-conv-bn", "/elsewhere"):
        page.goto(service.url + path)
        expect_nobody(page)


def test_an_executor_that_goes_and_comes_back_is_noticed(page: Page, service: Service) -> None:
    two(page)
    page.goto(service.url)
    footer = page.get_by_role("contentinfo")
    expect(footer).to_contain_text(re.compile(r"2 executors, 4 docker slots, \d+ of \d+ layers"))
    nobody(page)
    expect_nobody(page)
    two(page)
    expect(banner(page)).to_be_empty(timeout=5_000)
    expect(footer).to_contain_text("2 executors")


@pytest.fixture
def held(page: Page, service: Service) -> Room:
    """A question whose runs tell only what the test says."""
    page.add_init_script(STREAM)
    nobody(page)
    room = Room(page, service.url).open()
    room.submit_text(answer("fuse-conv-bn"))
    expect(room.heading(re.compile("^Submit: waiting"))).to_be_visible()
    return room


def tell(page: Page, number: int, **state: Any) -> None:
    page.evaluate("told => window.tell(told)", [number, {"position": None, **state}])


def test_a_run_that_waits_says_what_for(held: Room) -> None:
    tell(held.page, 1, state="queued", position=3)
    expect(held.heading(WAITS)).to_be_visible()
    expect(held.result.get_by_role("status")).to_contain_text("no executor is connected")
    two(held.page)
    expect(held.heading("Submit: waiting, 2 in front")).to_be_visible(timeout=5_000)


def test_a_run_that_waits_finds_out_why(page: Page, service: Service) -> None:
    page.add_init_script(STREAM)
    two(page)
    room = Room(page, service.url).open()
    nobody(page)
    room.submit_text(answer("fuse-conv-bn"))
    # Long before the page would have asked by itself.
    expect(room.heading(WAITS)).to_be_visible(timeout=6_000)
    expect_nobody(page)


def test_a_lost_machine_is_our_fault_and_the_run_no_longer_runs(held: Room) -> None:
    page = held.page
    two(page)
    tell(page, 1_000_001, state="running")
    expect(held.heading("Submit: running…")).to_be_visible(timeout=5_000)
    tell(page, 1_500_001, state="queued", position=1, losses=1)
    expect(held.heading("Submit: waiting for a free slot…")).to_be_visible()
    again = "it waits to be judged again (second attempt). Nothing counts against you."
    expect(held.result).to_contain_text(LOST + again)
    tell(page, 2_000_001, state="running")
    expect(held.heading("Submit: running…")).to_be_visible()
    expect(held.result).to_contain_text(LOST + "it is being judged again (second attempt)")
    expect(held.result.locator(".ours, .verdict")).to_have_count(0)


def test_what_an_executor_that_has_gone_was_doing_is_not_said_to_go_on(held: Room) -> None:
    tell(held.page, 1_000_001, state="running")
    expect(held.heading("Submit: was running when last heard of")).to_be_visible()
    expect(held.result).to_contain_text("The machine that judges this is no longer connected.")


def test_a_room_says_the_same(browser: Browser, service: Service) -> None:
    links = new_room(service.url, question="layer-norm")
    context = browser.new_context()
    context.add_init_script(STREAM)
    page = context.new_page()
    nobody(page)
    page.set_default_timeout(SOON)
    seat = Seat(page, links.candidate).open().begin().go_on_to_code()
    seat.replace_code("import time\ntime.sleep(5)\n")
    seat.expect_saved()
    seat.button("Run").click()
    expect(seat.result.get_by_role("heading", name="Run: waiting — no exec")).to_be_visible()
    expect_nobody(page)
    two(page)
    tell(page, 1_000_001, state="running")
    tell(page, 1_500_001, state="queued", position=1, losses=1)
    expect(seat.result).to_contain_text(LOST + "it waits to be judged again (second attempt)")
    expect(seat.result.get_by_role("heading", name="Run: waiting for a fr")).to_be_visible()
    tell(page, 2_000_001, state="running", losses=1)
    expect(seat.result).to_contain_text(LOST + "it is being judged again (second attempt)")
    context.close()


# ---- the database, or all of it


def database_away(route: Route) -> None:
    route.fulfill(
        status=503,
        headers={"Retry-After": "2"},
        content_type="application/problem+json",
        json={
            "type": "/problems/database-away",
            "title": "Torchroom cannot reach its database",
            "status": 503,
            "detail": "Send this again in a few seconds; what you typed is kept.",
            "code": "database-away",
        },
    )


# What the service can say without its database goes on being answered.
NEEDS_DATABASE = ("**/readyz", "**/api/v1/runs", "**/api/v1/runs/*", "**/api/v1/practice")


def database_goes(page: Page, *more: str) -> None:
    for address in (*NEEDS_DATABASE, *more):
        page.route(address, database_away)


def database_returns(page: Page, *more: str) -> None:
    for address in (*NEEDS_DATABASE, *more):
        page.unroute(address)


def test_a_submit_waits_for_the_database_and_is_sent_by_itself(room: Room) -> None:
    page = room.page
    database_goes(page)
    room.submit_text("# mine\n" + answer("fuse-conv-bn"))
    expect(room.heading("Torchroom cannot reach its database")).to_be_visible()
    expect(room.result).to_contain_text(re.compile("Submit is sent again in|Sending again"))
    expect(banner(page)).to_contain_text("Torchroom cannot reach its database. Trying again every")
    page.wait_for_timeout(5_000)
    expect(banner(page)).to_contain_text("Torchroom cannot reach its database.")
    room.expect_text("# mine")
    database_returns(page)
    expect(room.heading("Submit: All")).to_be_visible(timeout=VERDICT)
    expect(banner(page)).not_to_contain_text("database")


def test_a_page_without_its_database_fills_by_itself(page: Page, service: Service) -> None:
    database_goes(page, "**/api/v1/questions")
    page.goto(service.url)
    expect(page.get_by_role("main")).to_contain_text("Torchroom cannot reach its database.")
    database_returns(page, "**/api/v1/questions")
    expect(page.get_by_role("link", name="Layer normalisation")).to_be_visible(timeout=5_000)
    expect(banner(page)).not_to_contain_text("database")


def test_a_verdict_that_came_while_the_page_was_reloaded_without_a_database(room: Room) -> None:
    page = room.page
    room.submit_text(answer("fuse-conv-bn"))
    expect(room.heading("Submit: All")).to_be_visible(timeout=VERDICT)
    database_goes(page)
    room.open()
    expect(banner(page)).to_contain_text("Torchroom cannot reach its database.")
    database_returns(page)
    expect(room.heading("Submit: All")).to_be_visible(timeout=5_000)


def test_a_room_whose_server_dies_says_so_and_recovers(browser: Browser, mortal: Service) -> None:
    links = new_room(mortal.url, question="layer-norm")
    seat = sit_down(browser, links.candidate).begin().go_on_to_code()
    mortal.kill()
    seat.type_at_end("# typed meanwhile")
    seat.expect_offline()
    # At once, not when the page would have asked by itself.
    expect(banner(seat.page)).to_contain_text("Torchroom does not answer.", timeout=6_000)
    mortal.start()
    seat.expect_saved()
    expect(banner(seat.page)).not_to_contain_text("Torchroom does not answer.", timeout=6_000)
    seat.page.context.close()


# ---- for everybody


def show_waiting(service: Service) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.add_init_script(STREAM)
        nobody(page)
        room = Room(page, service.url).open()
        room.submit_text(answer("fuse-conv-bn"))
        expect(room.heading(WAITS)).to_be_visible()
        tell(page, 1_500_001, state="queued", position=1, losses=1)
        expect(room.result).to_contain_text(LOST)

    return show


@pytest.mark.parametrize("scheme", SCHEMES)
def test_waiting_keeps_nobody_out(browser: Browser, service: Service, scheme: str) -> None:
    check_axe(browser, scheme, show_waiting(service))


def test_waiting_fits_a_phone(browser: Browser, service: Service) -> None:
    check_phone(browser, show_waiting(service))
