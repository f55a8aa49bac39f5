"""The interviews page: start one alone, or make two links for two people."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.service import Service
from tests.e2e.sights import SCHEMES, check_axe, check_phone
from tests.e2e.test_reach import press_until_focused

TITLE = "Layers from memory"


def open_interviews(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/interviews")
    expect(card(page)).to_be_visible()


def card(page: Page) -> Locator:
    return page.get_by_role("listitem", name=re.compile(f"^{TITLE}"))


def invite(page: Page, *, is_kept: bool = True) -> None:
    card(page).get_by_role("button", name="Invite somebody").click()
    form = page.get_by_role("form")
    expect(form.get_by_label("The candidate’s name")).to_be_focused()
    page.keyboard.type("Ada")
    form.get_by_label("Your name").fill("Grace")
    form.get_by_label("Extra time").select_option("25 % more")
    form.get_by_label("Keep both links").set_checked(is_kept)
    form.get_by_role("button", name="Make the two links").click()
    expect(page.get_by_role("heading", name="Two links for two people")).to_be_focused()


def links(page: Page) -> tuple[str, str]:
    return (
        page.get_by_role("textbox", name="For Ada: send this one").input_value(),
        page.get_by_role("textbox", name="For you: keep this one to yourself").input_value(),
    )


def test_every_interview_says_its_stages_its_rules_and_what_is_asked(
    page: Page, service: Service
) -> None:
    open_interviews(page, service)
    expect(page.locator(".card")).to_have_count(8)
    one = card(page)
    expect(one.get_by_role("heading")).to_contain_text("45 min")
    expect(one.get_by_role("list", name="Stages")).to_contain_text("Follow-ups")
    expect(one).to_contain_text("Run as often as you like")
    one.get_by_text("What is asked").click()
    expect(one.get_by_role("link", name="Multi-head attention")).to_be_visible()
    expect(page.get_by_role("listitem", name=re.compile("^Whiteboard"))).to_contain_text("no Run")


def test_extra_time_is_reckoned_in_and_remembered(page: Page, service: Service) -> None:
    open_interviews(page, service)
    page.get_by_label("Extra time, if you need it").select_option("100 % more")
    expect(card(page).get_by_role("heading")).to_contain_text("90 min")
    page.reload()
    expect(card(page).get_by_role("heading")).to_contain_text("90 min")


def test_alone_one_comes_into_ones_own_room_at_once(page: Page, service: Service) -> None:
    open_interviews(page, service)
    card(page).get_by_role("button", name="Start alone").click()
    page.wait_for_url(re.compile(r"/rooms/\w+$"))
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    assert "#" not in page.url, "the secret is out of the address bar"
    page.get_by_role("link", name="Interviews").click()
    mine = page.get_by_role("region", name="My rooms")
    expect(mine).to_contain_text(re.compile("alone.*lobby"))
    mine.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()


def test_two_links_are_shown_once_and_say_who_gets_which(
    page: Page, browser: Browser, service: Service
) -> None:
    open_interviews(page, service)
    invite(page)
    theirs, mine = links(page)
    for link in (theirs, mine):
        assert re.fullmatch(re.escape(service.url) + r"/rooms/\w+#[\w-]{43}", link)
    assert theirs != mine
    assert theirs.partition("#")[0] == mine.partition("#")[0]
    roles = {
        role: service.get(
            f"/rooms/{link.partition('/rooms/')[2].partition('#')[0]}",
            Authorization=f"Bearer {link.partition('#')[2]}",
        )["role"]
        for role, link in (("candidate", theirs), ("interviewer", mine))
    }
    assert roles == {"candidate": "candidate", "interviewer": "interviewer"}
    page.reload()
    expect(card(page)).to_be_visible()
    expect(page.get_by_role("textbox", name="For Ada")).to_have_count(0)


def test_links_that_are_kept_can_be_copied_again(page: Page, service: Service) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_interviews(page, service)
    invite(page)
    theirs, _ = links(page)
    page.get_by_role("button", name="Copy: For Ada").click()
    assert page.evaluate("navigator.clipboard.readText()") == theirs
    page.evaluate("navigator.clipboard.writeText('')")
    page.reload()
    mine = page.get_by_role("region", name="My rooms")
    expect(mine).to_contain_text("with Ada")
    mine.get_by_role("button", name="Copy the candidate’s link").click()
    expect(mine).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == theirs
    mine.get_by_role("button", name="Remove:").click()
    mine.get_by_role("button", name="Remove, with its link:").click()
    expect(mine).to_have_count(0)
    secret = theirs.partition("#")[2]
    assert secret not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")


def test_links_that_are_not_kept_leave_nothing_behind(page: Page, service: Service) -> None:
    open_interviews(page, service)
    invite(page, is_kept=False)
    expect(page.get_by_text("Copy both now.")).to_be_visible()
    secrets = [link.partition("#")[2] for link in links(page)]
    kept = str(page.evaluate("JSON.stringify(localStorage)"))
    assert not [secret for secret in secrets if secret in kept]
    expect(page.get_by_role("region", name="My rooms")).to_have_count(0)


def test_what_is_in_the_way_is_said(page: Page, service: Service) -> None:
    open_interviews(page, service)
    page.route("**/api/v1/rooms", lambda route: route.abort())
    card(page).get_by_role("button", name="Start alone").click()
    expect(card(page).get_by_role("status")).to_contain_text("does not answer")
    page.unroute("**/api/v1/rooms")
    card(page).get_by_role("button", name="Start alone").click()
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()


def test_somebody_is_invited_by_keyboard_alone(page: Page, service: Service) -> None:
    open_interviews(page, service)
    press_until_focused(page, "Tab", "Interviews")
    press_until_focused(page, "Tab", f"Invite somebody: {TITLE}")
    page.keyboard.press("Enter")
    page.keyboard.type("Ada")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Two links for two people")).to_be_focused()
    press_until_focused(page, "Tab", "Open the room")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()


def listed(page: Page, service: Service) -> None:
    open_interviews(page, service)
    card(page).get_by_text("What is asked").click()


def inviting(page: Page, service: Service) -> None:
    open_interviews(page, service)
    card(page).get_by_role("button", name="Invite somebody").click()
    expect(page.get_by_role("form")).to_be_visible()


def invited(page: Page, service: Service) -> None:
    open_interviews(page, service)
    invite(page)
    expect(page.get_by_role("region", name="My rooms")).to_contain_text("lobby")


each_sight = pytest.mark.parametrize(
    "sight", [listed, inviting, invited], ids=lambda one: one.__name__
)


@each_sight
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_serious(
    browser: Browser, service: Service, scheme: str, sight: Callable[[Page, Service], None]
) -> None:
    check_axe(browser, scheme, lambda page: sight(page, service))


@each_sight
def test_a_phone_needs_no_sideways_scrolling(
    browser: Browser, service: Service, sight: Callable[[Page, Service], None]
) -> None:
    check_phone(browser, lambda page: sight(page, service))
