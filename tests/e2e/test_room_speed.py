"""The editor of a room can be written in within a second, on a processor throttled four times."""

import os

import pytest
from playwright.sync_api import Browser

from tests.e2e.seats import WIDE, new_room, sit_down
from tests.e2e.service import Service

WITHIN = 1.0  # seconds
TRIES = 5

# Notes when the editor first takes the focus; the page's policy allows no eval to wait by.
WATCH = """
new MutationObserver(() => {
  const editor = document.querySelector('.cm-content');
  if (!editor || window.focusableAt) return;
  editor.focus();
  if (document.activeElement === editor) window.focusableAt = performance.now() / 1000;
}).observe(document, { subtree: true, childList: true });
"""


@pytest.mark.slow
def test_the_editor_takes_the_focus_within_a_second(browser: Browser, service: Service) -> None:
    links = new_room(service.url, question="debug-training-script")
    sit_down(browser, links.candidate).begin().go_on_to_code().page.context.close()
    waits: list[float] = []
    works: list[float] = []
    for _ in range(TRIES):
        is_alone = os.getloadavg()[0] < (os.cpu_count() or 1)
        wait, work = open_throttled(browser, links.candidate)
        works.append(work)
        if is_alone:
            waits.append(wait)
    print(f"seconds waited {waits}, the page's own work {works}")
    # The best of some: what a try takes longer is the machine's, not the page's.
    assert min(works) <= WITHIN
    # Where other programs want the processor too, the wait says nothing about the page.
    assert not waits or min(waits) <= WITHIN


def open_throttled(browser: Browser, link: str) -> tuple[float, float]:
    """Seconds until the editor could be written in, and those its thread was at work for it."""
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(WATCH)
    page.goto(link, wait_until="commit")
    while not (at := page.evaluate("window.focusableAt ?? 0")):
        page.wait_for_timeout(20)
    told = devtools.send("Performance.getMetrics")["metrics"]
    context.close()
    return round(at, 3), round({one["name"]: one["value"] for one in told}["TaskDuration"], 3)
