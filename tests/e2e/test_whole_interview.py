"""A whole 45-minute mock with a fast clock, from the lobby to the printed report and the replay."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.clocked import ClockedService
from tests.e2e.replayed import Replay
from tests.e2e.room import VERDICT, answer
from tests.e2e.seats import SOON, WIDE, Seat

TITLE = "Layers from memory"
QUESTION = "multi-head-attention"
STAGES = ("introduction", "coding", "follow-ups", "quick-checks", "wrap-up", "finished")
A4 = (595, 842)  # points


@pytest.fixture
def clocked(browser: Browser, tmp_path: Path) -> Iterator[ClockedService]:
    with ClockedService(tmp_path) as service:
        yield service


@pytest.fixture
def candidate(browser: Browser, clocked: ClockedService) -> Iterator[Seat]:
    context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
    context.set_default_timeout(SOON)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield Seat(page, f"{clocked.url}/interviews").open()
    context.close()
    assert not broken, f"the page's own script failed: {broken}"


def test_a_whole_interview(candidate: Seat, clocked: ClockedService) -> None:
    page = candidate.page
    start_alone(page)
    room = room_of(page)
    introduce(candidate, clocked)
    code(candidate, clocked)
    follow_up(candidate, clocked)
    check(candidate, clocked)
    wrap_up(candidate, clocked)
    log = log_of(page, clocked, room)
    the_clock_was_kept(log)
    the_text_that_was_judged_is_the_one_of_the_log(log)
    read_and_print(page)
    replay(page, clocked, room)


def start_alone(page: Page) -> None:
    card = page.get_by_role("listitem", name=re.compile(f"^{TITLE}"))
    expect(card).to_contain_text("45")
    card.get_by_role("button", name="Start alone").click()
    expect(page.get_by_role("button", name="Begin")).to_be_visible(timeout=SOON)


def room_of(page: Page) -> str:
    found = re.search(r"/rooms/([^/#]+)$", page.url)
    assert found, "the link's secret is out of the address"
    return found[1]


def introduce(seat: Seat, clocked: ClockedService) -> None:
    seat.begin()
    expect(seat.stage).to_contain_text("Introduction")
    expect(seat.talk.get_by_role("article").first).to_be_visible()
    clocked.clock.forward(2 * 60 + 1)
    expect(seat.stage).to_contain_text("A layer", timeout=SOON)


def code(seat: Seat, clocked: ClockedService) -> None:
    """Wrong, a hint, right; the rest of the time passes by itself."""
    expect(seat.talk).to_contain_text("The task", timeout=SOON)
    seat.replace_code("def multi_head_attention(:\n")
    seat.expect_saved()
    clocked.clock.forward(6 * 60)
    seat.button("Run").click()
    expect(seat.result.locator(".verdict-failed")).to_be_visible(timeout=VERDICT)
    seat.button("May I have a hint?").click()
    expect(seat.talk).to_contain_text("Hint", timeout=SOON)
    clocked.clock.forward(5 * 60)
    seat.replace_code(answer(QUESTION) + "# shapes first 🎉\n")
    seat.expect_saved()
    seat.button("Submit").click()
    passed = seat.result.get_by_role("heading", name=re.compile("^Submit: All"))
    expect(passed).to_be_visible(timeout=VERDICT)
    clocked.clock.forward(15 * 60 + 1)
    expect(seat.stage).to_contain_text("Follow-ups", timeout=SOON)


def follow_up(seat: Seat, clocked: ClockedService) -> None:
    box = seat.page.get_by_role("textbox", name="Answer to question 1")
    expect(box).to_be_visible(timeout=SOON)
    box.click()
    seat.page.keyboard.insert_text("Because the scores would grow with the width of a head.")
    seat.expect_saved()
    first = seat.page.get_by_role("region", name="Question 1")
    first.get_by_role("button", name="Done").click()
    expect(
        first.get_by_text("One more question").or_(first.get_by_text("answered"))
    ).to_be_visible()
    clocked.clock.forward(7 * 60 + 1)
    expect(seat.stage).not_to_contain_text("Follow-ups", timeout=SOON)


def check(seat: Seat, clocked: ClockedService) -> None:
    box = seat.page.get_by_role("textbox", name="Answer to question 1")
    expect(box).to_be_visible(timeout=SOON)
    box.click()
    seat.page.keyboard.insert_text("A Module keeps parameters; Sequential calls them in order.")
    seat.expect_saved()
    clocked.clock.forward(8 * 60 + 1)
    expect(seat.stage).to_contain_text("Wrap-up", timeout=SOON)


def wrap_up(seat: Seat, clocked: ClockedService) -> None:
    clocked.clock.forward(2 * 60 + 1)
    over = seat.page.get_by_role("heading", name="The interview is over")
    expect(over).to_be_visible(timeout=SOON)
    expect(seat.page.get_by_role("list").filter(has_text="passed")).to_be_visible()


def log_of(page: Page, clocked: ClockedService, room: str) -> list[dict[str, Any]]:
    """As the replay of this very browser gets it."""
    secret = page.evaluate(f"JSON.parse(localStorage.getItem('torchroom.room.{room}.secret'))")
    told = page.request.get(
        f"{clocked.url}/api/v1/rooms/{room}/log", headers={"Authorization": f"Bearer {secret}"}
    )
    assert told.ok
    events: list[dict[str, Any]] = json.loads(told.body())["events"]
    return events


def the_clock_was_kept(log: list[dict[str, Any]]) -> None:
    began = [event for event in log if event["kind"] == "phase" and event["body"]["stage"] >= 0]
    assert tuple(event["body"]["phase"] for event in began) == STAGES
    # Each stage counts from the deadline of the one before, not from when that was noticed.
    deadlines = [datetime.fromisoformat(event["body"]["deadline"]) for event in began[:-1]]
    took = [(after - before).total_seconds() / 60 for before, after in pairwise(deadlines)]
    assert [round(minutes, 3) for minutes in took] == [26, 7, 8, 2]


def the_text_that_was_judged_is_the_one_of_the_log(log: list[dict[str, Any]]) -> None:
    submits = [e for e in log if e["kind"] == "run" and e["body"]["mode"] == "submit"]
    assert [event["body"]["why"] for event in submits] == ["asked"]  # not once more at zero
    verdicts = [e["body"] for e in log if e["kind"] == "verdict"]
    assert [(one["mode"], one["verdict"]["outcome"] == "passed") for one in verdicts] == [
        ("run", False),
        ("submit", True),
    ]


def read_and_print(page: Page) -> None:
    page.get_by_role("link", name="Read the report").click()
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible(timeout=SOON)
    expect(page.get_by_role("heading", name="Multi-head attention").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("shapes first 🎉")
    printed = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert len(printed) >= 2
    for sheet in printed:
        assert all(abs(is_ - a4) <= 2 for is_, a4 in zip(sheet.get_size(), A4, strict=True))
    words = "\n".join(sheet.get_textpage().get_text_range() for sheet in printed)
    assert TITLE in words
    assert "Download JSON" not in words  # tools are for the screen
    printed.close()


def replay(page: Page, clocked: ClockedService, room: str) -> None:
    """A reader of the report looks at the moment behind it."""
    page.get_by_role("link", name="Replay", exact=True).click()
    shown = Replay(page)
    expect(shown.track).to_have_attribute("aria-valuemax", re.compile(r"^27\d\d$"), timeout=SOON)
    shown.press("End")
    ends = re.compile(r"^45:0\d, finished$")  # some seconds go by until a deadline is noticed
    expect(shown.track).to_have_attribute("aria-valuetext", ends)
    shown.tab("Multi-head attention").click()
    heading = shown.result.get_by_role("heading", name=re.compile("^Submit: All"))
    expect(heading).to_be_visible()
    page.goto(f"{clocked.url}/rooms/{room}/replay#t=500")
    expect(shown.result.get_by_role("heading", level=2)).to_have_text(re.compile("^Run: "))
