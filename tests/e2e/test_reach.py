"""Everybody can use it: by keyboard alone, with a screen reader, in both schemes, on a phone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.room import VERDICT, Room, answer, wrong_answer
from tests.e2e.service import Service
from tests.support.needs import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 360, "height": 740}


def library(page: Page, service: Service) -> None:
    page.goto(service.url)
    expect(page.get_by_role("searchbox", name="Search")).to_be_visible()


def nothing_found(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/?q=nothing+like+this")
    expect(page.get_by_role("button", name="Show all questions")).to_be_visible()


def untouched(page: Page, service: Service) -> None:
    Room(page, service.url).open()
    expect(page.locator(".katex").first).to_be_visible()


def hints(page: Page, service: Service) -> None:
    Room(page, service.url).open()
    page.get_by_role("tab", name="Hints").click()
    page.get_by_role("button", name="Show the first hint").click()
    expect(page.get_by_role("heading", name="Hint 1")).to_be_visible()


def failing(page: Page, service: Service) -> None:
    room = Room(page, service.url).open()
    room.submit_text(wrong_answer("fuse-conv-bn", "forgets_eps.py"))
    expect(room.result.locator(".failure").first).to_be_visible(timeout=VERDICT)


def traceback(page: Page, service: Service) -> None:
    room = Room(page, service.url).open()
    room.write("import sys\nprint('x', file=sys.stderr)\nraise ValueError('x' * 300)\n")
    room.run()
    expect(room.result.get_by_label("Traceback").first).to_be_visible(timeout=VERDICT)


def solution(page: Page, service: Service) -> None:
    room = Room(page, service.url).open()
    room.submit_text("# mine\n" + answer("fuse-conv-bn"))
    expect(room.heading("Submit: All")).to_be_visible(timeout=VERDICT)
    page.get_by_role("tab", name="Solution").click()
    expect(page.locator(".diff .cm-deletedChunk").first).to_be_visible()


def other_tab(page: Page, service: Service) -> None:
    room = Room(page, service.url).open()
    room.write("# mine\n")
    room.button("Reset").click()
    page.get_by_text("Earlier texts").click()
    expect(room.button("Take back").first).to_be_visible()


def our_trouble(page: Page, service: Service) -> None:
    room = Room(page, service.url).open()
    room.submit_text("#" * 70_000)
    expect(room.heading("The code is too large")).to_be_visible()


def unknown_question(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/questions/no-such-thing")
    expect(page.get_by_role("heading", name="There is no such question")).to_be_visible()


def about(page: Page, service: Service) -> None:
    page.goto(service.url)
    page.get_by_text("of isolation hold").click()
    expect(page.locator(".about-layers")).to_be_visible()


SIGHTS: tuple[Callable[[Page, Service], None], ...] = (
    library,
    nothing_found,
    untouched,
    hints,
    failing,
    traceback,
    solution,
    other_tab,
    our_trouble,
    unknown_question,
    about,
)
each_sight = pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.__name__)


@pytest.fixture(params=["light", "dark"])
def in_scheme(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    # Motion off: axe would measure the contrast of something half faded in.
    context = browser.new_context(color_scheme=request.param, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@each_sight
def test_axe_finds_nothing_serious(
    in_scheme: Page, service: Service, sight: Callable[[Page, Service], None]
) -> None:
    sight(in_scheme, service)
    # The page's policy keeps foreign script out, so it comes through the debugger.
    in_scheme.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = in_scheme.evaluate(
        "axe.run().then((report) => report.violations)"
    )
    serious = [
        f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert not serious


@each_sight
def test_a_phone_needs_no_sideways_scrolling(
    browser: Browser, service: Service, sight: Callable[[Page, Service], None]
) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    sight(page, service)
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width == PHONE["width"]


def test_a_question_is_solved_by_keyboard_alone(page: Page, service: Service) -> None:
    page.goto(service.url)
    expect(page.get_by_role("searchbox", name="Search")).to_be_visible()
    press_until_focused(page, "Tab", "Skip to the content")
    press_until_focused(page, "Tab", "Fuse convolution and batch norm")
    page.keyboard.press("Enter")
    room = Room(page, service.url)
    expect(room.editor).to_be_visible()

    # A tab of the question's pane is one stop; arrows go between them.
    press_until_focused(page, "Tab", "Question")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Hints")).to_be_focused()
    press_until_focused(page, "Tab", "Show the first hint")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hint 1")).to_be_visible()

    press_until_focused(page, "Tab", "Your code, in Python")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(answer("fuse-conv-bn"))
    page.keyboard.press("Control+Shift+Enter")
    expect(room.heading("Submit: All")).to_be_visible(timeout=VERDICT)

    # In the editor Tab indents; Escape first, and it leaves.
    page.keyboard.press("Tab")
    expect(room.editor).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(room.editor).not_to_be_focused()
    press_until_focused(page, "Tab", "Read the editorial and compare with the reference")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Solution")).to_be_focused()
    expect(page.locator(".diff .cm-line").first).to_be_visible()


def test_results_are_announced(room: Room) -> None:
    room.submit_text(answer("fuse-conv-bn"))
    expect(room.result.get_by_role("status")).to_have_text(
        "Submit finished: All 14 cases passed.", timeout=VERDICT
    )


def test_the_scheme_can_be_chosen_and_stays(page: Page, service: Service) -> None:
    page.goto(service.url)
    page.get_by_role("button", name="Colours: System").click()
    page.get_by_role("button", name="Colours: Light").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    expect(page.get_by_role("button", name="Colours: Dark")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def press_until_focused(page: Page, key: str, name: str, most: int = 60) -> None:
    focused = "document.activeElement"
    named = f"{focused}?.getAttribute('aria-label') ?? {focused}?.textContent ?? ''"
    for _ in range(most):
        page.keyboard.press(key)
        if str(page.evaluate(named)).strip() == name:
            return
    pytest.fail(f"{key} does not lead to {name!r}")
