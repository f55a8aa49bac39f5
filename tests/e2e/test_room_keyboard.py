"""A whole room without a mouse: each control is reached, the focus is never lost or stolen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.room import VERDICT, answer
from tests.e2e.seats import SOON, new_room, sit_down
from tests.e2e.service import Service

FOCUSED = "document.activeElement.innerText || document.activeElement.ariaLabel || ''"


def tab_to(page: Page, is_it: Callable[[str], bool]) -> None:
    for _ in range(60):
        if is_it(page.evaluate(FOCUSED)):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab never came to it")


def starts(words: str) -> Callable[[str], bool]:
    return lambda text: text.strip().startswith(words)


def test_from_the_lobby_to_a_submit_by_keyboard_alone(browser: Browser, service: Service) -> None:
    links = new_room(service.url, question="fuse-conv-bn", practice=True)
    seat = sit_down(browser, links.candidate)
    page = seat.page
    expect(seat.button("Begin")).to_be_visible()
    tab_to(page, starts("Begin"))
    page.keyboard.press("Enter")
    expect(seat.stage).to_be_visible(timeout=SOON)
    while not seat.code.is_visible():
        before = seat.stage.inner_text()
        tab_to(page, starts("Go on to"))
        page.keyboard.press("Enter")
        expect(seat.stage).not_to_have_text(before, timeout=SOON)
        page.wait_for_timeout(300)

    for _ in range(8):  # from part to part, until it is the code
        if seat.code.evaluate("code => code === document.activeElement"):
            break
        page.keyboard.press("F6")
    expect(seat.code).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(answer("fuse-conv-bn"))
    page.keyboard.press("Control+Shift+Enter")
    expect(seat.result.get_by_role("heading", name="Submit: All")).to_be_visible(timeout=VERDICT)
    expect(seat.code).to_be_focused()

    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(seat.code).not_to_be_focused()
    tab_to(page, starts("May I have a hint?"))
    page.keyboard.press("Enter")
    expect(seat.talk.get_by_text("Hint", exact=True)).to_be_visible(timeout=SOON)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Say something")).to_be_focused()
    page.keyboard.type("Thank you")
    page.keyboard.press("Enter")
    expect(seat.talk.get_by_text("Thank you", exact=True)).to_be_visible(timeout=SOON)
    page.context.close()


def test_going_on_is_asked_about_and_escape_stays(browser: Browser, service: Service) -> None:
    links = new_room(service.url, question="layer-norm", practice=True)
    seat = sit_down(browser, links.candidate).begin().go_on_to_code()
    page = seat.page
    leave = page.locator(".go-on .ask-first > button")
    leave.focus()
    page.keyboard.press("Enter")
    question = page.locator(".ask-first-box")
    expect(question).to_contain_text("is submitted as the text stands now")
    expect(question.locator(".primary")).to_be_focused()
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(leave).to_be_focused()
    page.context.close()


@pytest.mark.parametrize("is_typing", [True, False], ids=["typing", "not typing"])
def test_a_new_stage_takes_the_focus_only_from_who_does_not_type(
    browser: Browser, service: Service, is_typing: bool
) -> None:
    links = new_room(service.url, question="layer-norm")
    candidate = sit_down(browser, links.candidate).begin().go_on_to_code()
    interviewer = sit_down(browser, links.interviewer)
    if is_typing:
        candidate.type_at_end("# in the middle of")
    else:
        candidate.stage.focus()
    interviewer.go_on()
    expect(candidate.stage).to_contain_text("Follow-ups", timeout=SOON)
    if is_typing:
        candidate.page.keyboard.insert_text(" a word")
        expect(candidate.code).to_contain_text("# in the middle of a word")
        there = candidate.button("Go to Follow-ups")
        expect(there).to_be_visible()
        there.click()
        expect(candidate.page.get_by_role("tab", name="Answers")).to_be_visible()
    else:
        expect(candidate.stage).to_be_focused()
    for seat in (candidate, interviewer):
        seat.page.context.close()
