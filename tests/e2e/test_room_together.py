"""Two people write in one room: they end with one text, whatever happens to the line."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.seats import SOON, Seat, new_room, sit_down
from tests.e2e.service import Service


@pytest.fixture
def pair(browser: Browser, service: Service) -> Iterator[tuple[Seat, Seat]]:
    links = new_room(service.url, question="layer-norm")
    candidate = sit_down(browser, links.candidate)
    interviewer = sit_down(browser, links.interviewer)
    candidate.begin().go_on_to_code()
    candidate.replace_code("")
    expect(interviewer.code).to_be_visible(timeout=SOON)
    yield candidate, interviewer
    for seat in (candidate, interviewer):
        seat.page.context.close()


def test_both_type_at_once_and_end_with_one_text(pair: tuple[Seat, Seat]) -> None:
    candidate, interviewer = pair
    candidate.type_at_end("top\n\nbottom")
    interviewer.expect_text("top\n\nbottom")
    candidate.code.click()
    candidate.page.keyboard.press("Control+End")
    interviewer.code.click()
    interviewer.page.keyboard.press("Control+Home")
    for mine, theirs in zip("x = torch.zeros(2) # é🙂", "# 🙂 theirs, from the top", strict=False):
        candidate.page.keyboard.insert_text(mine)
        interviewer.page.keyboard.insert_text(theirs)
    for seat in pair:
        seat.expect_saved()
    whole = candidate.text()
    assert whole == "# 🙂 theirs, from the top"[: len("x = torch.zeros(2) # é🙂")] + (
        "top\n\nbottomx = torch.zeros(2) # é🙂"
    )
    interviewer.expect_text(whole)


def test_each_sees_where_the_other_is(pair: tuple[Seat, Seat]) -> None:
    candidate, interviewer = pair
    candidate.type_at_end("first line\nsecond")
    label = interviewer.page.locator(".work .cm-other-name")
    expect(label).to_have_text("Ada")
    expect(interviewer.page.get_by_role("tab", name="Code · Ada")).to_be_visible()
    candidate.page.keyboard.press("Shift+Home")
    expect(interviewer.page.locator(".cm-other-selection")).to_have_text("second")
    candidate.page.context.close()
    expect(label).to_have_count(0, timeout=SOON)


def test_what_one_runs_both_see(pair: tuple[Seat, Seat]) -> None:
    candidate, _ = pair
    candidate.type_at_end("print('seen by both')\n")
    candidate.button("Run").click()
    for seat in pair:
        expect(seat.result.get_by_label("stdout")).to_contain_text("seen by both", timeout=SOON)


def test_a_reload_shows_the_same_room(pair: tuple[Seat, Seat]) -> None:
    candidate, _ = pair
    candidate.type_at_end("# mine 🙂\nx = 1")
    candidate.page.reload()
    candidate.expect_text("# mine 🙂\nx = 1")
    assert "#" not in candidate.page.url


def test_the_interviewers_notes_stay_theirs(pair: tuple[Seat, Seat]) -> None:
    candidate, interviewer = pair
    interviewer.page.get_by_role("tab", name="Notes").click()
    notes = interviewer.page.get_by_role("textbox", name="Notes, seen by interviewers only")
    notes.click()
    interviewer.page.keyboard.type("a private thought")
    interviewer.expect_saved()
    expect(candidate.page.get_by_role("tab", name="Notes")).to_have_count(0)
    candidate.page.reload()
    expect(candidate.code).to_be_visible()
    assert "a private thought" not in candidate.page.content()
    interviewer.page.reload()
    interviewer.page.get_by_role("tab", name="Notes").click()
    expect(notes).to_have_text("a private thought")


def test_a_wrong_link_is_said(browser: Browser, service: Service) -> None:
    links = new_room(service.url, question="layer-norm")
    secret = links.candidate.split("#")[1]
    wrong = sit_down(browser, links.candidate.replace(secret, "x" * len(secret)))
    expect(wrong.page.get_by_role("heading", name="This link opens no room")).to_be_visible()
    none = sit_down(browser, links.candidate.split("#")[0])
    expect(none.page.get_by_role("heading", name="opens with its link")).to_be_visible()
    for seat in (wrong, none):
        seat.page.context.close()


def test_new_words_come_into_sight_unless_one_reads_older_ones(pair: tuple[Seat, Seat]) -> None:
    candidate, interviewer = pair

    def say(words: str) -> None:
        interviewer.page.get_by_label("Say something").fill(words)
        interviewer.button("Say").click()

    interviewer.lead("Take over the talk")
    for number in range(12):
        say(f"Number {number}: why is it so, and how would you find out?")
    expect(candidate.talk.get_by_text("Number 11")).to_be_in_viewport(timeout=SOON)
    candidate.talk.hover()
    candidate.page.mouse.wheel(0, -600)
    expect(candidate.talk.get_by_text("Number 11")).not_to_be_in_viewport(timeout=SOON)
    say("The last question")
    candidate.button("New words").click(timeout=SOON)
    expect(candidate.talk.get_by_text("The last question")).to_be_in_viewport(timeout=SOON)
    expect(candidate.button("New words")).to_have_count(0)


def test_who_leads_the_follow_ups_is_told_what_to_do(pair: tuple[Seat, Seat]) -> None:
    candidate, interviewer = pair
    interviewer.lead("Take over the talk")
    expect(candidate.page.get_by_text("Your interviewer gives the hints")).to_be_visible()
    interviewer.go_on()
    expect(interviewer.page.get_by_text("put a question from the guide")).to_be_visible(
        timeout=SOON
    )
    candidate.page.get_by_role("tab", name="Answers").click()
    expect(candidate.page.get_by_text("Your interviewer asks, in the talk or here")).to_be_visible(
        timeout=SOON
    )
