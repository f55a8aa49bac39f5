"""The replay of a 90-minute session with 20,000 edits shows what was, at every moment."""

import random
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.replayed import LINES, Replay, Session, put
from tests.e2e.service import Service
from tests.e2e.sights import PHONE, SCHEMES, check_axe, check_phone
from tests.e2e.test_reach import press_until_focused

HIGH = {"width": 1440, "height": 3600}  # every line of every text is in sight
QUESTION = "Fuse convolution and batch norm"
CODE = "code/fuse-conv-bn"


@pytest.fixture(scope="module")
def session(service: Service) -> Session:
    return put(service, "replayed")


@pytest.fixture
def high(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=HIGH)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def test_every_moment_shows_the_text_as_it_was(high: Page, session: Session) -> None:
    replay = session.open(high)
    rng = random.Random(1)
    for _ in range(12):
        edit = rng.choice([e for e in session.events if e.body.get("document") == CODE])
        at = session.seconds(edit)
        high.evaluate(f"location.hash = '#t={at}'")
        replay.expect_time(at)
        replay.expect_text(session.text(CODE, at))
        expect(replay.tab(QUESTION)).to_have_attribute("aria-selected", "true")


def test_single_edits_forth_and_back(high: Page, session: Session) -> None:
    first = session.events.index(session.first("run", 1))
    edits = [e for e in session.events[first:] if e.kind == "edit"][:12]
    at = session.seconds(session.events[first])
    replay = session.open(high, at=at)
    for edit in edits:
        replay.press(".")
        replay.expect_text(session.text(CODE, session.seconds(edit)))
    for edit in reversed(edits[:-1]):
        replay.press(",")
        replay.expect_text(session.text(CODE, session.seconds(edit)))


def test_it_plays_and_passes_over_what_was_idle(page: Page, session: Session) -> None:
    page.clock.install(time=0)
    replay = session.open(page, at=600.5)
    page.clock.pause_at(600_000)  # from here on time passes where the test says so
    page.get_by_label("Skip idle time").uncheck()
    replay.track.focus()  # on a box Space is the box's
    replay.press("Space")
    page.clock.run_for(4000)
    replay.expect_time(604)
    replay.press("+", "+", "+")
    expect(page.get_by_role("radio", name="8×")).to_be_checked()
    page.clock.run_for(5000)
    replay.expect_time(644)
    replay.press("Space")
    page.clock.run_for(5000)
    replay.expect_time(644)

    # The pause is 45 seconds of nothing: at 1× it takes one.
    pause = session.seconds(session.first("pause"))
    page.evaluate(f"location.hash = '#t={pause}'")
    replay.expect_time(pause)
    page.get_by_label("Skip idle time").check()
    replay.track.focus()
    replay.press("-", "-", "-", "Space")
    page.clock.run_for(500)
    expect(page.get_by_text("of nothing")).to_be_visible()
    page.clock.run_for(1000)
    assert replay.seconds >= session.seconds(session.first("resume"))


def test_runs_show_their_output_and_verdict(page: Page, session: Session) -> None:
    verdict = session.first("verdict", 2)
    run = session.first("run", 2)
    replay = session.open(page, at=session.seconds(run))
    expect(replay.result.get_by_role("heading", name="Submit: under way")).to_be_visible()
    replay.press("Shift+ArrowRight")
    passed, total = verdict.body["verdict"]["passed"], verdict.body["verdict"]["total"]
    heading = f"Submit: {passed} of {total} cases passed"
    expect(replay.result.get_by_role("heading", name=heading)).to_be_visible()
    expect(replay.result).to_contain_text("Largest absolute error")
    expect(replay.result).to_contain_text("for this text")

    page.evaluate(f"location.hash = '#t={session.seconds(session.first('verdict', 0))}'")
    expect(replay.result.get_by_label("stdout")).to_contain_text("before fusing: 5 layers")
    ended = session.first("verdict", 0)
    later = next(e for e in session.events[ended.seq :] if e.body.get("document") == CODE)
    page.evaluate(f"location.hash = '#t={session.seconds(later) + 5}'")
    expect(replay.result).to_contain_text("The text has changed since")


def test_talk_and_events_keep_up(page: Page, session: Session) -> None:
    hint = session.first("hint")
    replay = session.open(page, at=session.seconds(hint) - 1)
    talk = page.get_by_role("tabpanel", name="Conversation")
    spoken = talk.locator("strong", has_text="Write down")  # Markdown, rendered
    expect(talk.get_by_text("Hello! I have written training code")).to_be_visible()
    expect(spoken).to_be_hidden()
    replay.press("ArrowRight")
    expect(spoken).to_be_visible()
    expect(spoken).to_be_in_viewport()
    replay.tab("Events").click()
    now = page.locator("[aria-current=step]")
    expect(now).to_contain_text("Hint 1 asked for")
    page.get_by_role("button", name="Grace paused the clock").first.click()
    replay.expect_time(session.seconds(session.first("pause")))
    expect(now).to_contain_text("Grace paused the clock")
    expect(page.locator(".player-where")).to_contain_text("clock paused")


def test_the_page_follows_what_happens_until_the_reader_chooses(
    page: Page, session: Session
) -> None:
    asked = session.seconds(session.first("asked"))
    replay = session.open(page, at=asked - 30)
    expect(replay.tab(QUESTION)).to_have_attribute("aria-selected", "true")
    page.evaluate(f"location.hash = '#t={asked + 60}'")
    expect(page.get_by_role("tab", selected=True).first).to_contain_text("1")
    replay.tab("Scratch").click()
    page.evaluate(f"location.hash = '#t={asked - 30}'")
    replay.expect_time(asked - 30)
    expect(replay.tab("Scratch")).to_have_attribute("aria-selected", "true")
    page.get_by_label("Follow what happens").check()
    expect(replay.tab(QUESTION)).to_have_attribute("aria-selected", "true")


def test_cursors_and_selections_are_shown(page: Page, session: Session) -> None:
    pointed = next(
        e
        for e in session.events
        if e.kind == "cursor" and e.author == "interviewer" and e.body["document"] == CODE
    )
    session.open(page, at=session.seconds(pointed))
    expect(page.locator(".cm-other-candidate .cm-other-name")).to_have_text("Ada")
    page.get_by_role("textbox", name=QUESTION).press("Control+Home")
    expect(page.locator(".cm-other-selection.cm-other-interviewer").first).to_be_attached()


def test_the_address_keeps_the_moment(page: Page, session: Session) -> None:
    replay = session.open(page, at=1234)
    replay.press("ArrowRight", "ArrowRight", "ArrowLeft")
    replay.expect_time(1239)
    expect(page).to_have_url(f"{session.service.url}/rooms/replayed/replay#t=1239")
    page.reload()
    replay.expect_time(1239)
    assert session.secrets["interviewer"] not in page.url


def test_by_keyboard_alone(page: Page, session: Session) -> None:
    replay = session.open(page)
    press_until_focused(page, "Tab", "Time in the session")
    expect(replay.track).to_have_attribute("aria-valuetext", "0:00, introduction")
    replay.press("End")
    expect(replay.track).to_have_attribute("aria-valuetext", "1:30:00, finished")
    replay.press("Home", "ArrowRight")
    expect(replay.track).to_have_attribute("aria-valuetext", "0:05, introduction")
    replay.press("Shift+ArrowRight")
    coding = session.seconds(session.first("phase", 2))
    replay.expect_time(coding)
    replay.press("Shift+ArrowLeft")
    replay.expect_time(0)
    replay.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    replay.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    # The keys belong to the page, not to the slider; lists and tabs keep their own.
    page.get_by_role("tab", name="Conversation").focus()
    replay.press("ArrowRight")
    expect(replay.tab("Events")).to_be_focused()
    press_until_focused(page, "Tab", "▶ Play", most=120)  # past the list of events
    before = replay.seconds
    replay.press("ArrowRight")
    replay.expect_time(before + 5)


def test_pointing_at_the_track(page: Page, session: Session) -> None:
    replay = session.open(page)
    box = replay.track.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 30)
    assert abs(replay.seconds - 2700) <= 4
    submit = page.locator(".mark-submit").first
    verdict = session.first("verdict", 2).body["verdict"]
    told = f"{QUESTION}: {verdict['passed']} of {verdict['total']} cases passed"
    expect(submit).to_have_attribute("title", re.compile(rf"^\d+:\d\d Submit, {told}$"))
    submit.click()
    replay.expect_time(session.seconds(session.first("verdict", 2)))
    signs = page.locator(".mark-submit, .mark-run").all_text_contents()
    assert set(signs) == {"✓", "✗"}  # told apart without colour


def test_a_candidate_sees_it_once_it_is_shared_and_never_the_notes(
    page: Page, session: Session
) -> None:
    replay = session.open(page, "candidate")
    replay.press("End")
    replay.expect_time(5400)
    expect(replay.tab("Scratch")).to_be_visible()
    expect(replay.tab("Notes")).to_have_count(0)
    assert "Clear thinking" not in page.content()


def test_who_may_not_see_it_is_told_why(page: Page, service: Service) -> None:
    hidden = put(service, "not-shared", edits=300, minutes=5, shared=False)
    address = f"{service.url}/rooms/not-shared/replay"
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "The replay opens with the room’s link"
    )
    page.goto(f"{address}#{hidden.secrets['candidate']}")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("shared")
    expect(page.get_by_role("link", name="Back to the room")).to_be_visible()
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.goto(f"{address}#{'x' * 43}")
    page.reload()
    expect(page.get_by_role("heading", level=1, name="There is no such room")).to_be_visible()


def at_a_verdict(session: Session, page: Page) -> Replay:
    replay = session.open(page, at=session.seconds(session.first("verdict", 2)))
    expect(replay.result.locator(".failure").first).to_be_visible()
    return replay


def at_events(session: Session, page: Page) -> Replay:
    replay = at_a_verdict(session, page)
    replay.tab("Events").click()
    expect(page.locator("[aria-current=step]")).to_be_visible()
    return replay


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_serious(browser: Browser, session: Session, scheme: str) -> None:
    check_axe(browser, scheme, lambda page: void(at_a_verdict(session, page)))
    check_axe(browser, scheme, lambda page: void(at_events(session, page)))


def test_a_phone_needs_no_sideways_scrolling(browser: Browser, session: Session) -> None:
    check_phone(browser, lambda page: void(at_a_verdict(session, page)))


def test_on_a_phone_the_player_leaves_room_for_the_text(browser: Browser, session: Session) -> None:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    replay = at_a_verdict(session, context.new_page())
    player = replay.page.get_by_role("region", name="Player").bounding_box()
    lines = replay.page.evaluate(LINES)
    context.close()
    assert player is not None
    assert player["height"] < PHONE["height"] / 3
    assert len(lines) > 5


def void(_: object) -> None:
    """A sight is a thing done, not a value."""
