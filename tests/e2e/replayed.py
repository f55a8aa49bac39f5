"""A long session in the service's own database, and its replay as a person meets it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from playwright.sync_api import Locator, Page, expect

from backend.db import Database
from backend.room.events import Event
from backend.room.fold import fold
from tests.e2e.service import Service
from tests.support.long_session import long_session
from tests.support.long_session.store import store

OPENING = 20_000  # milliseconds; how long it takes is a matter for make bench-replay
# Read at once where one would wait for a text of which only the visible part is in the page.
# Carets carry a name, which is no text.
LINES = """[...document.querySelectorAll('.replay-text .cm-line')].map((line) => {
  const copy = line.cloneNode(true);
  for (const caret of copy.querySelectorAll('.cm-other-caret, .cm-gone')) caret.remove();
  return copy.textContent;
})"""


@dataclass(frozen=True)
class Session:
    """What was written, and the address at which it is shown."""

    service: Service
    room: str
    secrets: dict[str, str]
    events: Sequence[Event]

    @property
    def began(self) -> datetime:
        return next(e.at for e in self.events if e.kind == "phase" and e.body["stage"] >= 0)

    def seconds(self, event: Event) -> float:
        return (event.at - self.began).total_seconds()

    def text(self, document: str, seconds: float) -> str:
        """By the service's own fold."""
        before = [event for event in self.events if self.seconds(event) <= seconds]
        return fold(before).documents[document].text

    def first(self, kind: str, number: int = 0) -> Event:
        return [event for event in self.events if event.kind == kind][number]

    def open(self, page: Page, role: str = "interviewer", at: float | None = None) -> "Replay":
        """The link is for the room; what it carries is kept, and the replay finds it."""
        address = f"{self.service.url}/rooms/{self.room}/replay"
        page.goto(f"{address}#{self.secrets[role]}")
        replay = Replay(page)
        expect(replay.track).to_be_visible(timeout=OPENING)
        if at is not None:
            page.goto(f"{address}#t={at}")
            replay.expect_time(at)
        return replay


def put(service: Service, room: str, **how: int | float) -> Session:
    events = long_session(**how)  # type: ignore[arg-type]
    database = Database(service.database)
    secrets = store(database, room, events)
    database.close()
    return Session(service, room, secrets, events)


@dataclass(frozen=True)
class Replay:
    page: Page

    @property
    def track(self) -> Locator:
        return self.page.get_by_role("slider", name="Time in the session")

    @property
    def result(self) -> Locator:
        return self.page.get_by_role("region", name="Result")

    @property
    def seconds(self) -> int:
        return int(self.track.get_attribute("aria-valuenow") or -1)

    def expect_time(self, seconds: float) -> None:
        expect(self.track).to_have_attribute("aria-valuenow", str(int(seconds)))

    def expect_text(self, text: str) -> None:
        """All of it: the window must be high enough for every line."""
        wanted = text.split("\n")
        self.page.wait_for_function(
            f"(wanted) => JSON.stringify({LINES}) === JSON.stringify(wanted)", arg=wanted
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab(self, name: str) -> Locator:
        return self.page.get_by_role("tab", name=name, exact=True)

    def event(self, text: str) -> Locator:
        return self.page.get_by_role("button", name=re.compile(re.escape(text)))
