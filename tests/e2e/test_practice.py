"""Practice: what was submitted counts, comes again, and can be forgotten; a question in a room."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.room import VERDICT, Room, answer
from tests.e2e.service import Service
from tests.e2e.sights import SCHEMES, check_axe, check_phone
from tests.e2e.test_reach import press_until_focused

FUSE = "Fuse convolution and batch norm"
QUIZ = "quiz-idioms-and-pitfalls"


def open_practice(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/practice")
    expect(page.get_by_role("heading", name="By lesson")).to_be_visible()


def pass_a_question(page: Page, service: Service) -> None:
    room = Room(page, service.url).open()
    room.submit_text(answer("fuse-conv-bn"))
    expect(room.heading("Submit: All")).to_be_visible(timeout=VERDICT)


def test_a_newcomer_is_told_where_to_begin(page: Page, service: Service) -> None:
    open_practice(page, service)
    expect(page.get_by_role("region", name="Due again")).to_contain_text("Nothing yet.")
    new = page.get_by_role("region", name="New for you").get_by_role("listitem")
    assert 1 <= new.count() <= 5
    expect(page.get_by_role("region", name="Recently")).to_have_count(0)
    assert not page.context.cookies(), "who only looks is not given a cookie"


def test_a_pass_on_a_questions_page_counts(page: Page, service: Service) -> None:
    pass_a_question(page, service)
    page.get_by_role("link", name="Practice").click()
    recent = page.get_by_role("region", name="Recently")
    expect(recent.get_by_role("listitem")).to_have_text(re.compile(f"{FUSE}.*Passed, 14 of 14"))
    lesson = page.get_by_role("listitem").filter(has_text="Model acceleration")
    expect(lesson.filter(has_text="of 2")).to_contain_text("1 of 2 passed")
    expect(page.get_by_role("region", name="Due again")).to_contain_text(f"“{FUSE}” comes again")
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == (
        "torchroom_learner",
        True,
        "Lax",
    )


def test_the_library_marks_what_the_service_remembers(page: Page, service: Service) -> None:
    pass_a_question(page, service)
    page.evaluate("localStorage.clear()")
    page.goto(service.url)
    item = page.locator(".question", has=page.get_by_role("link", name=FUSE, exact=True))
    expect(item).to_contain_text("✓ Passed")
    page.get_by_label("Done").select_option("Passed")
    expect(page.get_by_role("status").filter(has_text="question")).to_have_text(
        re.compile("^1 of ")
    )


def test_all_of_it_can_be_forgotten(page: Page, service: Service) -> None:
    pass_a_question(page, service)
    open_practice(page, service)
    page.get_by_text("Whose progress this is").click()
    page.get_by_role("button", name="Forget my progress…").click()
    expect(page.get_by_role("button", name="Forget it all")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Forgotten. 1 run and 0 rooms stay")).to_be_visible()
    expect(page.get_by_role("region", name="Recently")).to_have_count(0)
    assert not page.context.cookies()
    page.get_by_role("link", name="Library").click()
    expect(page.get_by_role("link", name=FUSE, exact=True)).to_be_visible()
    expect(page.get_by_text("✓ Passed")).to_have_count(0)


def test_a_question_is_practised_in_a_room_with_a_clock(page: Page, service: Service) -> None:
    Room(page, service.url).open()
    page.get_by_role("button", name="with 25 min on the clock").click()
    expect(page.get_by_role("heading", level=1, name=FUSE)).to_be_visible()
    page.wait_for_url(re.compile(r"/rooms/\w+$"))
    page.go_back()
    expect(Room(page, service.url).editor).to_be_visible()


def test_a_quiz_begins_on_a_page_of_its_own_without_an_editor(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/questions/{QUIZ}")
    expect(page.get_by_role("heading", level=1, name="Idioms and pitfalls")).to_be_visible()
    expect(page.get_by_text("9 items to choose answers for")).to_be_visible()
    expect(page.locator(".cm-editor")).to_have_count(0)
    page.get_by_role("button", name="Start without a clock").click()
    page.wait_for_url(re.compile(r"/rooms/\w+$"))
    expect(page.get_by_role("heading", level=1, name="Idioms and pitfalls")).to_be_visible()


def test_a_concept_that_one_has_scored_oneself_counts(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/questions/concept-autograd")
    page.get_by_role("button", name="Start without a clock").click()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("textbox", name="Answer to question 1").fill("A graph, backwards.")
    first = page.get_by_role("region", name="Question 1")
    first.get_by_role("button", name="Done").click()
    # So short an answer leaves key points out, and the interviewer asks once more.
    expect(first.get_by_role("heading", name="One more question about this")).to_be_visible()
    first.get_by_role("button", name="Done").click()
    first.get_by_text("Key points:").click()
    points = first.get_by_role("checkbox")
    expect(points.first).to_be_visible()
    count = points.count()
    for at in range(count):
        points.nth(at).check()
    expect(first.get_by_text(f"Key points: {count} of {count}", exact=True)).to_be_visible()
    end = "End the interview"
    page.get_by_role("button", name=end).click()
    page.get_by_role("group", name=end).get_by_role("button", name=end).click()
    page.get_by_role("link", name="What to do next").click()
    expect(page.get_by_role("region", name="Recently").get_by_role("listitem")).to_have_text(
        re.compile(f"Autograd, explained.*Passed, {count} of {count}.*Report")
    )
    page.get_by_role("region", name="Recently").get_by_role("link", name="Report").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Autograd, explained")


def test_practice_begins_by_keyboard_alone(page: Page, service: Service) -> None:
    open_practice(page, service)
    first = page.get_by_role("region", name="New for you").get_by_role("button").first
    press_until_focused(page, "Tab", str(first.get_attribute("aria-label")))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/rooms/\w+$"))


def newcomer(page: Page, service: Service) -> None:
    open_practice(page, service)


def experienced(page: Page, service: Service) -> None:
    pass_a_question(page, service)
    open_practice(page, service)
    page.get_by_text("Whose progress this is").click()
    page.get_by_role("button", name="Forget my progress…").click()


def quiz(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/questions/{QUIZ}")
    expect(page.get_by_role("button", name="Start without a clock")).to_be_visible()


each_sight = pytest.mark.parametrize(
    "sight", [newcomer, experienced, quiz], ids=lambda one: one.__name__
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
