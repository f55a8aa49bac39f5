"""The report of an interview, as those who were in it read, score, print and keep it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from backend.report.page import export
from tests.backend.report.test_page import hostile_interview
from tests.e2e.held import NAME, QUESTION, Held, hold
from tests.e2e.service import Service
from tests.e2e.sights import SCHEMES, check_axe, check_phone

A4 = (595, 842)  # points


@pytest.fixture(scope="module")
def held(service: Service) -> Held:
    return hold(service)


@pytest.fixture
def report(page: Page, held: Held) -> Iterator[Page]:
    open_report(page, held)
    yield page
    # What people wrote has been on the page, and none of it was carried out.
    assert page.evaluate("window.attacked") is None


def open_report(page: Page, held: Held, role: str = "interviewer") -> None:
    page.goto(held.address("report", role))
    expect(page.get_by_role("heading", name="Layers from memory", level=1)).to_be_visible()


def open_scoring(page: Page, held: Held) -> None:
    page.goto(held.address("scoring"))
    expect(page.get_by_role("heading", name="The whole")).to_be_visible()


def open_all(page: Page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


def test_it_shows_what_happened(report: Page, held: Held) -> None:
    expect(report.locator("bdi").first).to_have_text(NAME)
    expect(
        report.get_by_role("row", name=re.compile("^Communication .*not assessed"))
    ).to_be_visible()
    expect(report.get_by_role("img", name=re.compile("Stages of the interview"))).to_be_visible()
    expect(report.get_by_role("heading", name="Multi-head attention")).to_be_visible()
    expect(report.get_by_role("table", name=re.compile("^Code"))).to_contain_text(
        "</code></style><script>window.attacked=1</script>"
    )
    expect(report.get_by_text("They never change a score")).to_be_visible()
    # The link's secret is neither in the address nor in the page.
    assert held.secrets["interviewer"] not in report.url
    assert held.secrets["interviewer"] not in report.content()


def test_it_is_the_interviewer_s_until_it_is_shared(
    page: Page, browser: Browser, service: Service
) -> None:
    held = hold(service)
    page.goto(held.address("report", "candidate"))
    expect(page.get_by_role("heading", name="The report has not been shared yet")).to_be_visible()
    other = browser.new_context()
    interviewer = other.new_page()
    open_report(interviewer, held)
    share = interviewer.get_by_role("button", name="Share with the candidate")
    share.click()
    asked = interviewer.get_by_role("group", name="Share with the candidate")
    expect(asked).to_contain_text("This cannot be taken back.")
    asked.get_by_role("button", name="Not yet").click()
    expect(share).to_be_focused()
    share.click()
    asked.get_by_role("button", name="Share with the candidate").click()
    expect(interviewer.locator(".report-said")).to_contain_text("the candidate’s link shows")
    expect(interviewer.get_by_role("button", name="Share with the candidate")).to_have_count(0)
    other.close()
    page.reload()
    expect(page.get_by_role("heading", name="Layers from memory", level=1)).to_be_visible()
    expect(page.get_by_text("Score this interview")).to_have_count(0)


def test_before_it_is_over_it_says_so_kindly(page: Page, service: Service) -> None:
    room = Held(service, template="layers-from-memory", practice=True)
    room.do("candidate", "next", stage=-1)
    page.goto(room.address("report", "candidate"))
    expect(page.get_by_role("heading", name="The interview is not finished")).to_be_visible()
    expect(page.get_by_role("link", name="Back to the room")).to_be_visible()


def test_without_the_link_there_is_nothing_to_see(page: Page, held: Held) -> None:
    page.goto(f"{held.url}/rooms/{held.id}/report")
    expect(
        page.get_by_role("heading", name="The report opens with the room’s link")
    ).to_be_visible()


def test_an_answer_is_scored_against_its_key_points(page: Page, service: Service) -> None:
    held = hold(service)
    open_report(page, held)
    page.get_by_text("Score this interview").click()
    form = page.locator(".answer-score").first
    boxes = form.get_by_role("checkbox")
    assert [box.is_checked() for box in boxes.all()] == [False] * boxes.count()
    boxes.first.check()
    form.get_by_label("Note, if you like").fill("Only the first.")
    form.get_by_role("button", name="Save this score").click()
    expect(page.locator(".report-said")).to_have_text("Saved. The report shows it now.")
    expect(page.locator(".report")).to_contain_text(
        f"Scored by the interviewer: 1 of {boxes.count()} key points"
    )
    expect(form.get_by_role("button", name="Save the changed score")).to_be_visible()


def test_a_level_is_overruled_only_with_a_reason(page: Page, service: Service) -> None:
    held = hold(service)
    open_report(page, held)
    page.get_by_text("Score this interview").click()
    form = page.get_by_role("group", name="Communication")
    form.get_by_role("combobox", name="Level").select_option("strong yes")
    form.get_by_role("button").click()
    expect(form.get_by_role("alert")).to_have_text("Say why: the reason stands in the report.")
    form.get_by_label("Reason").fill("Every step was said aloud.")
    form.get_by_role("button").click()
    row = page.get_by_role("row", name=re.compile("^Communication .*strong yes"))
    expect(row).to_be_visible()
    expect(page.locator(".report")).to_contain_text("The machine’s own level is not assessed")
    page.get_by_role("link", name="How this was scored").first.click()
    expect(page.get_by_text("Every step was said aloud.")).to_be_visible()
    page.go_back()
    page.get_by_text("Score this interview").click()
    form.get_by_role("combobox", name="Level").select_option("not assessed")
    form.get_by_role("button").click()
    row = page.get_by_role("row", name=re.compile("^Communication .*not assessed"))
    expect(row).to_be_visible()


def test_practising_one_scores_oneself(page: Page, service: Service) -> None:
    open_report(page, hold(service, practice=True), "candidate")
    expect(page.get_by_text("Score yourself")).to_be_visible()
    expect(page.get_by_role("button", name="Share with the candidate")).to_have_count(0)


def test_evidence_leads_to_its_case_and_to_its_moment(report: Page, held: Held) -> None:
    row = report.locator("tbody").filter(has_text="Shape awareness").first
    row.get_by_text("of evidence").click()
    link = row.get_by_role("link", name="case").first
    target = (link.get_attribute("href") or "")[1:]
    link.click()
    expect(report.locator(f"[id='{target}']")).to_be_in_viewport()
    assert report.url.endswith(f"#{target}")
    moment = row.locator("a.at").first
    assert re.fullmatch(rf"/rooms/{held.id}/replay#t=\d+\.\d", moment.get_attribute("href") or "")
    moment.click()
    expect(report.get_by_role("slider", name="Time in the session")).to_be_visible()


def test_by_keyboard_alone(page: Page, held: Held) -> None:
    open_report(page, held)
    summary = page.locator(".report summary").first
    for _ in range(40):
        page.keyboard.press("Tab")
        if summary.evaluate("(one) => one === document.activeElement"):
            break
    else:
        pytest.fail("Tab does not lead to the evidence")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert re.match(rf"#{QUESTION}-(case|L)", focused)
    page.keyboard.press("Enter")
    expect(page.locator(f"[id='{focused[1:]}']")).to_be_in_viewport()


def test_what_was_open_stays_open_after_a_score(page: Page, service: Service) -> None:
    held = hold(service)
    open_report(page, held)
    page.get_by_text("The timeline as a list").click()
    page.get_by_text("Score this interview").click()
    page.locator(".answer-score").first.get_by_role("button", name="Save this score").click()
    expect(page.locator(".report")).to_contain_text("Scored by the interviewer: 0 of")
    expect(page.locator(".moments")).to_be_visible()


def test_every_sum_can_be_done_by_hand(page: Page, held: Held) -> None:
    open_scoring(page, held)
    sums = page.locator("section:has(> .scroll)")
    assert sums.count() >= 4
    for at in range(sums.count()):
        table = sums.nth(at).locator("table")
        rows = [
            [float(cell) for cell in row.locator("td:not(.in-words)").all_inner_texts()]
            for row in table.locator("tbody tr").all()
            if "–" not in row.locator("td").last.inner_text()
        ]
        for value, weight, product in rows:
            assert value * weight == pytest.approx(product, abs=0.006)
        weights, products = (float(one) for one in table.locator("tfoot td").all_inner_texts())
        assert sum(row[1] for row in rows) == pytest.approx(weights, abs=0.02)
        assert sum(row[2] for row in rows) == pytest.approx(products, abs=0.02)


def test_the_scoring_leads_back_into_the_report(page: Page, held: Held) -> None:
    open_scoring(page, held)
    link = page.get_by_role("link", name="case").first
    target = (link.get_attribute("href") or "").partition("#")[2]
    link.click()
    expect(page.locator(f"[id='{target}']")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("part", ["report", "scoring"])
def test_axe_finds_nothing_serious(browser: Browser, held: Held, scheme: str, part: str) -> None:
    def show(page: Page) -> None:
        (open_report if part == "report" else open_scoring)(page, held)
        open_all(page)

    check_axe(browser, scheme, show)


@pytest.mark.parametrize("part", ["report", "scoring"])
def test_a_phone_needs_no_sideways_scrolling(browser: Browser, held: Held, part: str) -> None:
    def show(page: Page) -> None:
        (open_report if part == "report" else open_scoring)(page, held)
        open_all(page)

    check_phone(browser, show)


def test_it_prints_to_clean_pages(report: Page, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    report.pdf(path=file, prefer_css_page_size=True, print_background=True)
    check_pdf(file)


def check_pdf(file: Path) -> None:
    document = pypdfium2.PdfDocument(file)
    sizes = {tuple(round(side) for side in document[at].get_size()) for at in range(len(document))}
    assert sizes == {A4}
    pages = [document[at].get_textpage().get_text_bounded() for at in range(len(document))]
    document.close()
    assert 3 <= len(pages) <= 15
    assert all(len(text.strip()) > 80 for text in pages)  # no page is left nearly empty
    text = " ".join(" ".join(pages).split())
    for said in (
        "Layers from memory",
        NAME,
        "of the weight was assessed",
        "pieces of evidence",
        "did not pass",  # evidence, which is folded on the screen
        "characters pasted into the code",  # and so is the list of the timeline
        "Cases of the last Submit",
        "only here",
        "What to study next",
    ):
        assert said in text, said
    # What belongs to the page around it stays on the screen.
    for screen in ("Library", "Download", "Print", "Score this interview"):
        assert screen not in text, screen
    assert f"1 / {len(pages)}" in text


def test_the_files_are_downloaded(report: Page, tmp_path: Path) -> None:
    with report.expect_download() as coming:
        report.get_by_role("button", name="Download JSON").click()
    data = tmp_path / coming.value.suggested_filename
    coming.value.save_as(data)
    assert re.fullmatch(r"torchroom-layers-from-memory-[a-z0-9-]+\.json", data.name)
    assert json.loads(data.read_text())["format"] == "torchroom-report/1"
    with report.expect_download() as coming:
        report.get_by_role("button", name="Download HTML").click()
    page = tmp_path / coming.value.suggested_filename
    coming.value.save_as(page)
    assert page.read_text().startswith("<!doctype html>")


@pytest.fixture(params=["held", "hostile"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An exported file: of the interview, and of one in which every word is an attack."""
    path = tmp_path / "report.html"
    if request.param == "hostile":
        path.write_text(export(hostile_interview().report()).replace("attack()", "attacked = 1"))
    else:
        held = request.getfixturevalue("held")
        command = [*("report", held.id, "--html", str(path)), *held_by(request)]
        run_command(*command)
    return path


def held_by(request: pytest.FixtureRequest) -> list[str]:
    service: Service = request.getfixturevalue("service")
    return ["--data", str(Path(service.database.removeprefix("sqlite:///")).parent)]


def run_command(*arguments: str) -> None:
    from typer.testing import CliRunner

    from backend.cli import app

    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 0, done.output


def test_the_file_asks_for_nothing_and_carries_nothing_out(page: Page, file: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.goto(file.as_uri())
    open_all(page)
    for place in page.locator("a").all()[:20]:
        place.hover()
    assert asked == [file.as_uri()]
    assert page.evaluate("[window.attacked, document.scripts.length]") == [None, 0]
    assert page.locator("main > article").count() == 1  # nothing broke out of it


def test_the_command_prints_a_pdf(
    request: pytest.FixtureRequest, held: Held, chromium: str, tmp_path: Path
) -> None:
    file = tmp_path / "report.pdf"
    run_command("report", held.id, "--pdf", str(file), *held_by(request))
    check_pdf(file)
