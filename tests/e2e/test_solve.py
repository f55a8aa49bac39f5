"""From the library to a verdict and back, with a real judge behind it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.room import VERDICT, Room, answer, wrong_answer
from tests.e2e.service import Service


def test_from_the_library_to_the_reference(page: Page, service: Service) -> None:
    page.goto(service.url)
    page.get_by_role("searchbox", name="Search").fill("batch norm snapchat fold")
    page.get_by_role("link", name="Fuse convolution and batch norm", exact=True).click()
    expect(
        page.get_by_role("heading", level=1, name="Fuse convolution and batch norm")
    ).to_be_visible()

    room = Room(page, service.url)
    page.get_by_role("tab", name="Solution").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("open here once a Submit has passed")

    room.submit_text("# my own way\n" + answer("fuse-conv-bn"))
    expect(room.heading(re.compile(r"Submit: All \d+ cases passed"))).to_be_visible(timeout=VERDICT)
    room.button("Read the editorial and compare with the reference").click()
    solution = page.get_by_role("tabpanel", name="Solution")
    difference = solution.get_by_role(
        "textbox", name="Difference between your text and the reference"
    )
    expect(difference).to_contain_text("unchanged lines")
    expect(difference.locator(".cm-deletedChunk")).to_contain_text("# my own way")
    expect(solution.get_by_role("heading", name="Editorial")).to_be_visible()

    page.get_by_role("link", name="Library").click()
    expect(page.get_by_role("listitem").filter(has_text="Fold every").first).to_contain_text(
        "Passed"
    )


def test_a_wrong_value_is_shown_with_its_place_and_size(room: Room) -> None:
    room.submit_text(wrong_answer("fuse-conv-bn", "forgets_eps.py"))
    expect(room.heading(re.compile(r"Submit: \d+ of \d+ cases passed"))).to_be_visible(
        timeout=VERDICT
    )
    panel = room.result.locator(".failure").first
    expect(panel).to_be_visible()
    for part in (
        "Expected",
        "Got",
        "shape",
        "dtype",
        "float32",
        "Largest absolute error",
        "first difference, at [",
    ):
        expect(panel).to_contain_text(part)


def test_a_wrong_gradient_is_named(page: Page, service: Service) -> None:
    room = Room(page, service.url, "layer-norm").open()
    room.submit_text(wrong_answer("layer-norm", "detached_statistics.py"))
    expect(room.heading(re.compile(r"Submit: \d+ of \d+ cases passed"))).to_be_visible(
        timeout=VERDICT
    )
    expect(room.result.locator(".failure h4").first).to_have_text(
        re.compile(r"Gradient of x has wrong values")
    )


def test_a_syntax_error_leads_to_its_line(room: Room) -> None:
    room.submit_text("import torch\n\n\ndef fuse_conv_bn(model:\n    return model\n")
    expect(room.result.get_by_role("heading", name="Syntax error")).to_be_visible(timeout=VERDICT)
    expect(room.editor.locator(".cm-marked")).to_have_count(1)
    room.page.keyboard.press("Control+Home")
    room.button("Go to line 4").click()
    expect(room.editor).to_be_focused()
    expect(room.editor.locator(".cm-activeLine")).to_have_text("def fuse_conv_bn(model:")


def test_a_forbidden_call_is_refused_with_its_line_and_reason(room: Room) -> None:
    room.submit_text(
        "import torch.nn.utils as u\n\n"
        "def fuse_conv_bn(model):\n    return u.fuse_conv_bn_eval(model[0], model[1])\n"
    )
    expect(room.result.locator(".problem")).to_contain_text("Refused.", timeout=VERDICT)
    expect(room.result.locator(".problem")).to_contain_text("that is the task")
    expect(room.button("Go to line 4")).to_be_visible()
    expect(room.editor.locator(".cm-marked")).to_contain_text("fuse_conv_bn_eval")


def test_an_error_shows_the_candidates_lines(room: Room) -> None:
    room.submit_text("def fuse_conv_bn(model):\n    return model.no_such_thing\n")
    trace = room.result.get_by_label("Traceback").first
    expect(trace).to_contain_text("no_such_thing", timeout=VERDICT)
    trace.get_by_role("button", name="line 2").first.click()
    expect(room.editor.locator(".cm-activeLine")).to_contain_text("no_such_thing")


def test_run_shows_both_streams_apart_and_as_plain_text(room: Room) -> None:
    room.write(
        answer("fuse-conv-bn")
        + "\nimport sys\nprint('<b>to the output</b>')\nprint('to the errors', file=sys.stderr)\n"
    )
    room.run()
    expect(room.heading(re.compile("Run: All 3 cases passed"))).to_be_visible(timeout=VERDICT)
    expect(room.result.get_by_label("stdout")).to_contain_text("<b>to the output</b>")
    expect(room.result.get_by_label("stderr")).to_have_text("to the errors\n")
    expect(room.result.get_by_label("stdout")).not_to_contain_text("to the errors")


def test_the_result_says_when_the_text_has_changed(room: Room) -> None:
    room.submit_text(answer("fuse-conv-bn"))
    expect(room.result.get_by_text("for this text")).to_be_visible(timeout=VERDICT)
    room.type_at_end("\n# more")
    expect(room.result.get_by_text("The text has changed since")).to_be_visible()
    room.page.keyboard.press("Control+z")
    expect(room.result.get_by_text("for this text")).to_be_visible()


def test_hints_come_one_at_a_time(room: Room) -> None:
    room.page.get_by_role("tab", name="Hints").click()
    panel = room.page.get_by_role("tabpanel", name="Hints")
    for number, button in enumerate(
        ("Show the first hint", "Show the next hint", "Show the last hint"), 1
    ):
        expect(panel.get_by_role("heading", level=2)).to_have_count(number - 1)
        panel.get_by_role("button", name=button).click()
        expect(panel.get_by_role("heading", name=f"Hint {number}")).to_be_visible()
    expect(panel.get_by_role("button")).to_have_count(0)


def test_mathematics_is_set(room: Room) -> None:
    formula = room.page.get_by_role("tabpanel", name="Question").locator(".math .katex").first
    expect(formula).to_be_visible()


def test_names_of_torch_are_offered(room: Room) -> None:
    room.write("import torch.nn.functional as loss\n")
    room.page.keyboard.type("loss.cross_en")
    expect(room.page.get_by_role("option", name=re.compile("^cross_entropy"))).to_be_visible()
    # The editor takes no key for an answer to a list that has only just opened.
    room.page.wait_for_timeout(200)
    room.page.keyboard.press("Tab")
    room.expect_text("loss.cross_entropy")


@pytest.mark.parametrize(
    ("search", "shown"),
    [
        ("?q=snapchat", "Fuse convolution and batch norm"),
        ("?lesson=custom-layers", "Layer normalisation"),
    ],
)
def test_a_filtered_library_is_an_address(
    page: Page, service: Service, search: str, shown: str
) -> None:
    page.goto(f"{service.url}/{search}")
    expect(page.get_by_role("link", name=re.compile(shown)).first).to_be_visible()


def test_an_empty_result_says_what_to_do(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/?q=nothing+like+this")
    expect(page.get_by_text("No question fits all of this together")).to_be_visible()
    page.get_by_role("button", name="Show all questions").click()
    expect(page).to_have_url(f"{service.url}/")
    expect(
        page.get_by_role("link", name="Fuse convolution and batch norm", exact=True)
    ).to_be_visible()
