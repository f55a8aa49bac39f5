"""No executor, or a machine lost over a run: the page says how it is, and that nothing is lost.

What the service would say of these is put in its answers' place; the service itself is whole.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.room import VERDICT, Room, answer
from tests.e2e.seats import SOON, Seat, new_room
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


HELD = {
    "id": "run_held",
    "question": "fuse-conv-bn",
    "mode": "submit",
    "state": "queued",
    "code_sha256": "",
    "created_at": "2026-01-01T00:00:00.000Z",
    "started_at": None,
    "finished_at": None,
    "position": 1,
    "losses": 0,
    "verdict": None,
    "failure": None,
}


def hold_runs(page: Page) -> None:
    """What this page sends is taken, and judged by nobody; its stream is the test's."""
    page.add_init_script(STREAM)
    page.route("**/api/v1/runs", lambda route: route.fulfill(status=202, json=HELD))


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


def test_executors_that_are_all_drained_are_not_said_to_be_gone(
    page: Page, service: Service
) -> None:
    slots_are(page, "away", executors=1, slots=0)
    page.goto(service.url)
    expect(banner(page)).to_contain_text("kept, and judged once an executor takes it; nothing is")
    expect(page.get_by_role("contentinfo")).to_contain_text("No executor takes runs")


@pytest.fixture
def held(page: Page, service: Service) -> Room:
    """A question whose runs tell only what the test says."""
    hold_runs(page)
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
    hold_runs(page)
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
    seat.replace_code("import time\ntime.sleep(3)\n")
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
    # Its verdict comes by the room's own line.
    expect(seat.result.locator(".verdict")).to_be_visible(timeout=VERDICT)
    context.close()


def show_waiting(service: Service) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        hold_runs(page)
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
