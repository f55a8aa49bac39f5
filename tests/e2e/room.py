"""What a person does on the page, by the names under which the page offers it."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.support.needs import ROOT

VERDICT = 20_000  # milliseconds; the first run of a service warms it up


def answer(question: str, file: str = "reference.py") -> str:
    return (ROOT / "questions" / question / file).read_text()


class Room:
    """A question's page."""

    def __init__(self, page: Page, url: str, question: str = "fuse-conv-bn") -> None:
        self.page = page
        self.address = f"{url}/questions/{question}"

    def open(self) -> "Room":
        self.page.goto(self.address)
        expect(self.editor).to_be_visible()
        return self

    @property
    def editor(self) -> Locator:
        return self.page.get_by_role("textbox", name="Your code, in Python")

    @property
    def result(self) -> Locator:
        return self.page.get_by_role("region", name="Result")

    def heading(self, text: str | re.Pattern[str]) -> Locator:
        return self.result.get_by_role("heading", name=text)

    def case(self, title: str) -> Locator:
        return self.result.get_by_role("listitem").filter(has_text=title)

    def write(self, text: str) -> None:
        """Replace all there is."""
        self.editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def type_at_end(self, text: str) -> None:
        self.editor.click()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.insert_text(text)

    def expect_text(self, part: str) -> None:
        expect(self.editor).to_contain_text(part)

    def button(self, name: str) -> Locator:
        """By the words it begins with: a shortcut may follow."""
        return self.page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}"))

    def run(self) -> None:
        self.button("Run").click()

    def submit(self) -> None:
        self.button("Submit").click()

    def submit_text(self, text: str) -> None:
        self.write(text)
        self.submit()


def wrong_answer(question: str, name: str) -> str:
    return answer(question, str(Path("wrong") / name))
