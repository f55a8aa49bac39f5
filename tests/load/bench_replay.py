"""How fast a replay opens and seeks: a short session as the base, then 90 minutes of 20,000 edits.

`make bench-replay` runs it: the real service, the built page, Chromium without throttling. "Open"
is from the navigation to the paint that shows track and text, with nothing in the browser's cache;
"seek" is from the wish to the paint that shows the moment.
"""

import json
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from backend.db import Database
from tests.e2e.service import Service
from tests.support.long_session import long_session
from tests.support.long_session.store import store
from tests.support.needs import chromium_program

OPENS = 7
SEEKS = 80
SESSIONS = (("short", 200, 5.0), ("long", 20_000, 90.0))

# Both wait for the frame in which the change is drawn, and for that frame to be over.
WATCH_OPENING = """
addEventListener('DOMContentLoaded', () => {
  const observer = new MutationObserver(() => {
    const parts = ['.time-track', '.replay-text .cm-line'];
    if (!parts.every((part) => document.querySelector(part))) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.opened = performance.now(); }));
  });
  observer.observe(document, { childList: true, subtree: true });
});
"""
PAINTED = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
SEEK = f"""async (times) => {{
  const took = [];
  for (const time of times) {{
    const began = performance.now();
    location.hash = `#t=${{time}}`;
    await new Promise((done) => addEventListener('hashchange', done, {{ once: true }}));
    await {PAINTED};
    took.push(performance.now() - began);
  }}
  return took;
}}"""
PRESS = f"""async ([key, count]) => {{
  const took = [];
  for (let at = 0; at < count; at += 1) {{
    const began = performance.now();
    dispatchEvent(new KeyboardEvent('keydown', {{ key }}));
    await {PAINTED};
    took.push(performance.now() - began);
  }}
  return took;
}}"""
FRAMES = """async () => {
  const took = [];
  let before = performance.now();
  for (let at = 0; at < 180; at += 1) {
    await new Promise((done) => requestAnimationFrame(done));
    took.push(performance.now() - before);
    before = performance.now();
  }
  return took;
}"""


@dataclass
class Figures:
    session: str
    edits: int
    events: int
    log_kb: float = 0.0
    first_open_ms: float = 0.0
    """The room was not in the service's memory yet: its log is folded there too."""
    open_ms: list[float] = field(default_factory=list)
    seek_ms: list[float] = field(default_factory=list)
    step_ms: list[float] = field(default_factory=list)
    frame_ms: list[float] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "session": self.session,
            "edits": self.edits,
            "events": self.events,
            "log_kb_gzipped": round(self.log_kb),
            "first_open_ms": round(self.first_open_ms),
            "open_ms": spread(self.open_ms),
            "seek_ms": spread(self.seek_ms),
            "one_edit_ms": spread(self.step_ms),
            "frame_at_32x_ms": spread(self.frame_ms),
        }


def spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(len(ordered) * 0.95)], 1),
        "max": round(ordered[-1], 1),
    }


def measure(browser: Browser, service: Service, name: str, edits: int, minutes: float) -> Figures:
    events = long_session(edits=edits, minutes=minutes)
    database = Database(service.database)
    secret = store(database, name, events)["interviewer"]
    database.close()
    figures = Figures(name, edits, len(events))
    address = f"{service.url}/rooms/{name}/replay#{secret}"
    for number in range(OPENS + 1):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.add_init_script(WATCH_OPENING)
        page.goto(address)
        page.wait_for_function("() => window.opened !== undefined")
        took = float(page.evaluate("window.opened"))
        if number == 0:
            figures.first_open_ms = took
        else:
            figures.open_ms.append(took)
        if number == OPENS:
            look_around(page, figures, minutes * 60)
        context.close()
    return figures


def look_around(page: Page, figures: Figures, seconds: float) -> None:
    size = "performance.getEntriesByType('resource').find((one) => one.name.endsWith('/log'))"
    figures.log_kb = float(page.evaluate(f"{size}.encodedBodySize")) / 1000
    # From one end to the other and all over, by a fixed order that jumps far.
    times = [round(seconds * ((7 * at) % SEEKS + 0.37) / SEEKS, 2) for at in range(SEEKS)]
    figures.seek_ms = page.evaluate(SEEK, times)
    figures.step_ms = page.evaluate(PRESS, [".", SEEKS])
    page.evaluate(SEEK, [seconds / 5])
    page.evaluate(PRESS, ["+", 5])
    page.evaluate(PRESS, [" ", 1])
    figures.frame_ms = page.evaluate(FRAMES)


def main() -> None:
    program = chromium_program()
    if program is None:
        sys.exit("no Chromium on PATH: install chromium, or name one in TORCHROOM_CHROMIUM")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        service = Service(Path(folder))
        service.start()
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            found = [measure(browser, service, *session).to_json() for session in SESSIONS]
        finally:
            browser.close()
            service.stop()
    json.dump(found, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
