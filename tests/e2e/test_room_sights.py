"""Each phase of a room, for both people: clean for axe in both schemes, and as wide as a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.seats import SOON, Seat, new_room
from tests.e2e.service import Service
from tests.e2e.sights import SCHEMES, check_axe, check_phone

Sight = Callable[[Page, str], None]


def enter(page: Page, url: str, **plan: object) -> Seat:
    page.set_default_timeout(SOON)
    links = new_room(url, **{"template": "full-loop", "practice": True, **plan})
    return Seat(page, links.candidate).open()


def to_stage(seat: Seat, title: str) -> None:
    seat.begin()
    while title not in seat.stage.inner_text():
        seat.go_on()


def lobby(page: Page, url: str) -> None:
    enter(page, url)
    expect(page.get_by_role("heading", name="What is recorded")).to_be_visible()


def introduction(page: Page, url: str) -> None:
    seat = enter(page, url).begin()
    expect(seat.talk.get_by_role("article").first).to_be_visible()


def checks(page: Page, url: str) -> None:
    seat = enter(page, url)
    to_stage(seat, "Quick checks")
    expect(page.get_by_role("radio").first).to_be_attached()
    page.get_by_role("button", name="Submit these answers").first.click()
    verdict = page.get_by_role("heading", name=re.compile(r"answers? right")).first
    expect(verdict).to_be_attached(timeout=SOON)
    verdict.scroll_into_view_if_needed()
    if page.viewport_size and page.viewport_size["width"] > 760:
        assert page.evaluate("window.scrollY") == 0, "each part scrolls for itself, the page not"


def predictions(page: Page, url: str) -> None:
    seat = enter(page, url, template="fundamentals-screen")
    to_stage(seat, "Predictions")
    expect(page.get_by_role("tab", name="Predictions")).to_be_visible()
    box = page.locator(".editor-line")
    expect(box.first).to_be_visible()
    assert max(box.evaluate_all("boxes => boxes.map(box => box.offsetHeight)")) < 60, "one line"


def coding(page: Page, url: str) -> None:
    seat = enter(page, url)
    to_stage(seat, "A layer")
    expect(seat.code).to_be_visible()
    seat.replace_code("import torch\nraise ValueError('x' * 300)\n")
    seat.button("Run").click()
    expect(seat.result.get_by_label("Traceback").first).to_be_visible(timeout=SOON)


def follow_ups(page: Page, url: str) -> None:
    seat = enter(page, url)
    to_stage(seat, "Follow-ups")
    expect(page.get_by_role("textbox", name="Answer to question 1")).to_be_visible()
    seat.button("Done").click()
    expect(page.get_by_text("Key points:").first).to_be_visible()


def paused(page: Page, url: str) -> None:
    seat = enter(page, url)
    to_stage(seat, "A layer")
    seat.lead("Pause the clock")
    expect(page.locator(".room-clock-paused")).to_be_visible()


def finished(page: Page, url: str) -> None:
    seat = enter(page, url, template=None, question="layer-norm").begin()
    while seat.stage.is_visible():
        page.locator(".go-on .ask-first > button").click()
        yes = page.locator(".ask-first-box .primary")
        if yes.is_visible():
            yes.click()
        page.wait_for_timeout(500)
    expect(page.get_by_role("link", name="Read the report")).to_be_visible()


def interviewer(page: Page, url: str) -> None:
    links = new_room(url, question="layer-norm")
    candidate = Seat(page, links.candidate).open().begin().go_on_to_code()
    candidate.type_at_end("# here")
    candidate.expect_saved()
    other = Seat(page.context.new_page(), links.candidate).open()
    other.type_at_end("# and here")
    other.expect_saved()
    # A fragment alone is no new page: the interviewer's link is opened from elsewhere.
    page.goto("about:blank")
    seat = Seat(page, links.interviewer).open()
    expect(page.locator(".cm-other-name").first).to_be_attached()
    page.get_by_role("tab", name="Guide").click()
    expect(seat.page.get_by_role("heading", name="To ask")).to_be_visible()


def no_link(page: Page, url: str) -> None:
    page.goto(f"{url}/rooms/0123456789abcdef01234567")
    expect(page.get_by_role("heading", name="opens with its link")).to_be_visible()


SIGHTS: tuple[Sight, ...] = (
    lobby,
    introduction,
    checks,
    predictions,
    coding,
    follow_ups,
    paused,
    finished,
    interviewer,
    no_link,
)
each_sight = pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.__name__)


@each_sight
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_serious(
    browser: Browser, service: Service, scheme: str, sight: Sight
) -> None:
    check_axe(browser, scheme, lambda page: sight(page, service.url))


PHONE_SIGHTS = (lobby, introduction, checks, finished, no_link)


@pytest.mark.parametrize("sight", PHONE_SIGHTS, ids=lambda sight: sight.__name__)
def test_a_phone_needs_no_sideways_scrolling(
    browser: Browser, service: Service, sight: Sight
) -> None:
    check_phone(browser, lambda page: sight(page, service.url))


@pytest.mark.parametrize("side", ["Question", "Work", "Talk"])
def test_a_phone_shows_one_part_at_a_time(browser: Browser, service: Service, side: str) -> None:
    def show(page: Page) -> None:
        seat = enter(page, service.url)
        to_stage(seat, "A layer")
        page.get_by_role("button", name=side).click()
        shown = {
            "Question": page.get_by_role("region", name="The question"),
            "Work": seat.code,
            "Talk": page.get_by_label("Say something"),
        }
        for name, part in shown.items():
            expect(part).to_be_visible(visible=name == side)

    check_phone(browser, show)
