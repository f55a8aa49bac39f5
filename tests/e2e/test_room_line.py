"""The line breaks, the server dies, the tab closes: not one key stroke is lost.

And the page says at each moment how it stands.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.seats import SOON, Links, Seat, new_room, sit_down
from tests.e2e.service import Service


@pytest.fixture
def links(service: Service) -> Links:
    return new_room(service.url, question="layer-norm")


@pytest.fixture
def seat(browser: Browser, links: Links) -> Iterator[Seat]:
    seat = sit_down(browser, links.candidate).begin().go_on_to_code()
    seat.replace_code("")
    seat.expect_saved()
    yield seat
    seat.page.context.close()


WORDS = "for step in range(10):  # 🙂 é\nloss = model(x).mean()\n"


def test_a_server_killed_in_the_middle_of_typing_loses_nothing(
    seat: Seat, browser: Browser, links: Links, mortal: Service
) -> None:
    seat.type_at_end("begin ")
    for letter in "while it ":
        seat.page.keyboard.insert_text(letter)
    mortal.kill()
    for letter in "dies ":
        seat.page.keyboard.insert_text(letter)
    seat.expect_offline()
    seat.page.keyboard.insert_text("and while it is away 🙂")
    mortal.start()
    seat.page.keyboard.insert_text(" and after")
    seat.expect_saved()
    whole = "begin while it dies and while it is away 🙂 and after"
    seat.expect_text(whole)
    other = sit_down(browser, links.interviewer)
    other.expect_text(whole)
    other.page.context.close()


def test_what_was_typed_offline_is_there_after_a_reload(
    seat: Seat, browser: Browser, links: Links, mortal: Service
) -> None:
    seat.type_at_end("kept ")
    seat.expect_saved()
    mortal.kill()
    seat.page.keyboard.insert_text("typed offline 🙂")
    seat.expect_offline()
    seat.page.goto("about:blank")
    mortal.start()
    seat.open()
    seat.expect_text("kept typed offline 🙂")
    seat.expect_saved()
    other = sit_down(browser, links.interviewer)
    other.expect_text("kept typed offline 🙂")
    other.page.context.close()


def test_another_tab_takes_over_from_one_that_was_closed(
    seat: Seat, links: Links, mortal: Service
) -> None:
    mortal.kill()
    seat.type_at_end("typed in a tab that closes")
    seat.expect_offline()
    context = seat.page.context
    fresh = context.new_page()
    seat.page.close()
    mortal.start()
    # The link was opened in this browser before, so its address is enough.
    second = Seat(fresh, links.candidate.split("#")[0]).open()
    second.expect_text("typed in a tab that closes")
    second.expect_saved()


def test_two_tabs_of_one_person_do_not_fight(seat: Seat, links: Links) -> None:
    second = Seat(seat.page.context.new_page(), links.candidate.split("#")[0]).open()
    expect(second.code).to_be_visible()
    seat.type_at_end("one ")
    second.expect_text("one ")
    second.type_at_end("two ")
    seat.expect_text("one two ")
    for tab in (seat, second):
        tab.expect_saved()


def test_what_is_said_while_offline_is_said_once(seat: Seat, mortal: Service) -> None:
    mortal.kill()
    seat.page.get_by_label("Say something").fill("I would use a buffer here")
    seat.page.keyboard.press("Enter")
    seat.expect_offline()
    mortal.start()
    said = seat.talk.get_by_text("I would use a buffer here")
    expect(said).to_have_count(1, timeout=SOON)
    seat.expect_saved()
    seat.page.reload()
    expect(said).to_have_count(1, timeout=SOON)


def test_a_run_judges_what_is_on_the_screen(seat: Seat) -> None:
    seat.type_at_end("print('a word')")
    seat.page.keyboard.press("Control+Enter")
    expect(seat.result.get_by_label("stdout")).to_contain_text("a word", timeout=SOON)
    expect(seat.result).to_contain_text("for this text")


def test_the_network_goes_and_comes(seat: Seat) -> None:
    seat.type_at_end(WORDS)
    seat.page.context.set_offline(True)
    seat.page.keyboard.insert_text("offline or not, ")
    seat.page.wait_for_timeout(500)
    seat.page.context.set_offline(False)
    seat.page.keyboard.insert_text("it is kept")
    seat.expect_saved()
    before = seat.text()
    seat.page.reload()
    seat.expect_text(before)


def test_what_came_too_late_is_handed_back(
    seat: Seat, browser: Browser, links: Links, mortal: Service
) -> None:
    seat.type_at_end("in time")
    seat.expect_saved()
    mortal.kill()
    seat.page.keyboard.insert_text(", and too late")
    seat.expect_offline()
    # While this page is away the interview ends.
    seat.page.route_web_socket("**/socket", lambda socket: socket.close())
    mortal.start()
    other = sit_down(browser, links.interviewer)
    other.go_on()
    other.page.locator(".go-on .ask-first > button").click()
    other.page.locator(".ask-first-box .primary").click()
    expect(other.page.get_by_role("heading", name="The interview is over")).to_be_visible()
    other.page.context.close()
    # A page that is opened anew has a line again, and takes over what was kept.
    fresh = Seat(seat.page.context.new_page(), links.candidate.split("#")[0])
    seat.page.close()
    fresh.open()
    expect(fresh.page.get_by_text("Not in the room:")).to_be_visible(timeout=SOON)
    fresh.page.get_by_text("Show it").click()
    kept = fresh.page.get_by_label("The text as you had it")
    expect(kept).to_have_value("in time, and too late")
    fresh.expect_saved()


def test_what_arrives_after_the_submit_is_told_to_have_had_no_part_in_it(
    seat: Seat, browser: Browser, links: Links
) -> None:
    seat.type_at_end("in time")
    seat.expect_saved()
    other = sit_down(browser, links.interviewer)
    other.go_on()
    other.page.context.close()
    too_late = seat.page.get_by_text("came too late to be judged")
    seat.page.get_by_role("tab", name="Code").click()
    expect(seat.result.get_by_role("heading", name="Submit:")).to_be_visible(timeout=SOON)
    expect(too_late).to_have_count(0)
    seat.type_at_end(", too late")
    expect(too_late).to_have_count(1)
    expect(too_late).to_contain_text("after the stage was left")
