"""A room and the people in it: what each does on their page, by the names the page offers."""

import json
import re
import urllib.request
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

WIDE = {"width": 1440, "height": 900}
SOON = 15_000  # milliseconds; a machine that does much else is slow


@dataclass(frozen=True)
class Links:
    """Of one room, as the service gives them once."""

    id: str
    candidate: str
    interviewer: str


def new_room(url: str, **plan: Any) -> Links:
    """`plan`: template or question, and what else POST /rooms takes."""
    body = {"candidate": "Ada", "interviewer": "Grace", **plan}
    request = urllib.request.Request(
        f"{url}/api/v1/rooms", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=5) as response:
        made = json.load(response)
    return Links(made["id"], url + made["candidate_link"], url + made["interviewer_link"])


class Seat:
    """One page of a room."""

    def __init__(self, page: Page, link: str) -> None:
        self.page = page
        self.link = link

    def open(self) -> "Seat":
        self.page.goto(self.link)
        return self

    @property
    def stage(self) -> Locator:
        return self.page.locator("#stage")

    @property
    def code(self) -> Locator:
        return self.page.get_by_role("textbox", name="Your code, in Python")

    @property
    def talk(self) -> Locator:
        return self.page.get_by_role("log", name="What was said")

    @property
    def result(self) -> Locator:
        return self.page.get_by_role("region", name="Result")

    def lead(self, name: str) -> None:
        """One of the buttons that lead the interview; a narrow window has them in a menu."""
        menu = self.page.locator(".controls-opener")
        if menu.is_visible():
            menu.click()
        self.button(name).click()

    def button(self, name: str) -> Locator:
        """By the words it begins with: a shortcut may follow."""
        return self.page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}"))

    def begin(self) -> "Seat":
        self.button("Begin").click()
        expect(self.stage).to_be_visible(timeout=SOON)
        return self

    def go_on(self) -> None:
        """To the next stage, saying yes where that is asked."""
        before = self.stage.inner_text()
        leave = self.page.locator(".go-on .ask-first > button")
        asks_first = leave.get_attribute("aria-expanded") is not None
        leave.click()
        if asks_first:
            self.page.locator(".ask-first-box .primary").click()
        expect(self.stage).not_to_have_text(before, timeout=SOON)

    def go_on_to_code(self) -> "Seat":
        while not self.code.is_visible():
            self.go_on()
            self.page.wait_for_timeout(200)
        return self

    def type_at_end(self, text: str, delay: float = 0) -> None:
        self.code.click()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(text, delay=delay)

    def replace_code(self, text: str) -> None:
        self.code.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def text(self) -> str:
        """Of the document on the screen, as far as it is drawn: short ones are drawn whole."""
        lines: list[str] = self.page.locator(".work .cm-content .cm-line").evaluate_all(TEXT_OF)
        return "\n".join(lines)

    def expect_saved(self) -> None:
        expect(self.page.locator(".saved")).to_contain_text("Saved", timeout=SOON)

    def expect_offline(self) -> None:
        expect(self.page.locator(".saved")).to_contain_text("Offline, kept here", timeout=SOON)

    def expect_text(self, text: str) -> None:
        """Waits until the document is exactly this."""
        for _ in range(SOON // 100):
            if self.text() == text:
                return
            self.page.wait_for_timeout(100)
        assert self.text() == text


# What the page draws into a line for other people's carets is no text of the line.
TEXT_OF = """lines => lines.map(line => {
  const copy = line.cloneNode(true);
  copy.querySelectorAll('.cm-other-caret').forEach(caret => caret.remove());
  return copy.textContent.replace(/\\u200b/g, '');
})"""


def sit_down(browser: Browser, link: str, **options: Any) -> Seat:
    """Somebody with a browser of their own."""
    context: BrowserContext = browser.new_context(viewport=WIDE, **options)
    context.set_default_timeout(SOON)
    return Seat(context.new_page(), link).open()
