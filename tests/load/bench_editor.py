"""How soon a room's editor can be written in: as this machine is, and throttled four times.

`make bench-editor` runs it: the real service, the built page, nothing in the browser's cache.
"Wait" is from the navigation to the focus, "work" what the page's own thread was busy for by then:
on a machine that is busy with other things the wait says more about them than about the page.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.e2e.seats import WIDE, new_room, sit_down
from tests.e2e.service import Service
from tests.support.needs import chromium_program

TRIES = 7
RATES = (1, 4)

# Notes when the editor first takes the focus; the page's policy allows no eval to wait by.
WATCH = """
new MutationObserver(() => {
  const editor = document.querySelector('.cm-content');
  if (!editor || window.focusableAt) return;
  editor.focus();
  if (document.activeElement === editor) window.focusableAt = performance.now() / 1000;
}).observe(document, { subtree: true, childList: true });
"""


def open_room(browser: Browser, link: str, rate: int) -> tuple[float, float]:
    """Seconds until the editor could be written in, and those its thread was at work for it."""
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    page.add_init_script(WATCH)
    page.goto(link, wait_until="commit")
    while not (at := page.evaluate("window.focusableAt ?? 0")):
        page.wait_for_timeout(20)
    told = devtools.send("Performance.getMetrics")["metrics"]
    context.close()
    return at, {one["name"]: one["value"] for one in told}["TaskDuration"]


def measure(browser: Browser, link: str, rate: int) -> dict[str, float]:
    waits, works = zip(*(open_room(browser, link, rate) for _ in range(TRIES)), strict=True)
    return {
        "throttled": rate,
        "wait_p50_s": round(statistics.median(waits), 3),
        "wait_best_s": round(min(waits), 3),
        "wait_worst_s": round(max(waits), 3),
        "work_p50_s": round(statistics.median(works), 3),
    }


def main() -> None:
    program = chromium_program()
    if program is None:
        sys.exit("no Chromium on PATH: install chromium, or name one in TORCHROOM_CHROMIUM")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        service = Service(Path(folder))
        service.start()
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            links = new_room(service.url, question="debug-training-script")
            sit_down(browser, links.candidate).begin().go_on_to_code().page.context.close()
            found = [measure(browser, links.candidate, rate) for rate in RATES]
        finally:
            browser.close()
            service.stop()
    json.dump(found, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
