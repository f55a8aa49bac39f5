"""The clock is the server's: at zero the text is submitted as it stands, and the page says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.clocked import ClockedService
from tests.e2e.room import VERDICT, answer
from tests.e2e.seats import SOON, Seat, new_room, sit_down


@pytest.fixture(scope="module")
def clocked(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClockedService]:
    folder: Path = tmp_path_factory.mktemp("clocked")
    with ClockedService(folder) as service:
        yield service


@pytest.fixture
def seat(browser: Browser, clocked: ClockedService) -> Iterator[Seat]:
    links = new_room(clocked.url, question="fuse-conv-bn", practice=True)
    seat = sit_down(browser, links.candidate).begin().go_on_to_code()
    yield seat
    seat.page.context.close()


def seconds_left(seat: Seat) -> int:
    minutes, seconds = seat.page.locator(".room-clock-digits").inner_text().split(":")
    return int(minutes) * 60 + int(seconds)


def test_at_zero_the_text_is_submitted_as_it_stands(seat: Seat, clocked: ClockedService) -> None:
    seat.replace_code(answer("fuse-conv-bn"))
    seat.expect_saved()
    seat.stage.focus()
    clocked.clock.forward(seconds_left(seat) + 1)
    expect(seat.stage).to_contain_text("Follow-ups", timeout=SOON)
    seat.page.get_by_role("tab", name="Code").click()
    passed = seat.result.get_by_role("heading", name="Submit: All")
    expect(passed).to_be_visible(timeout=VERDICT)


def test_the_last_minutes_are_said_once_each(seat: Seat, clocked: ClockedService) -> None:
    clocked.clock.forward(seconds_left(seat) - 299)
    clock = seat.page.locator(".room-clock")
    expect(clock).to_have_class("room-clock room-clock-five", timeout=SOON)
    said = seat.page.get_by_text("5 minutes or less are left in this stage.")
    expect(said).to_be_attached()
    clocked.clock.forward(245)
    expect(clock).to_have_class("room-clock room-clock-one", timeout=SOON)
    expect(seat.page.get_by_text("The last minute of this stage has begun.")).to_be_attached()


def test_a_pause_stops_the_clock_and_more_minutes_are_more(
    seat: Seat, clocked: ClockedService
) -> None:
    seat.lead("Pause the clock")
    expect(seat.page.locator(".room-clock-paused")).to_be_visible()
    before = seconds_left(seat)
    clocked.clock.forward(600)
    seat.page.reload()
    expect(seat.page.locator(".room-clock-paused")).to_be_visible()
    assert abs(seconds_left(seat) - before) <= 2
    seat.button("Go on with the clock").click()
    expect(seat.page.locator(".room-clock-paused")).to_have_count(0)
    seat.lead("5 minutes more")
    for _ in range(50):
        if seconds_left(seat) > before + 240:
            return
        seat.page.wait_for_timeout(100)
    raise AssertionError("the stage did not get longer")


def test_a_whiteboard_has_no_run_and_says_why(browser: Browser, clocked: ClockedService) -> None:
    links = new_room(clocked.url, template="whiteboard", practice=True)
    seat = sit_down(browser, links.candidate)
    expect(seat.page.get_by_text("This is a whiteboard: there is no Run.")).to_be_visible()
    seat.begin().go_on_to_code()
    expect(seat.page.get_by_text("Whiteboard: there is no Run here.")).to_be_visible()
    expect(seat.button("Run")).to_have_count(0)
    seat.page.context.close()
