"""What every page must stand: axe in both colour schemes, and a phone's width."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page

from tests.support.needs import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 360, "height": 740}
SCHEMES = ("light", "dark")


def serious_findings(page: Page) -> list[str]:
    """What axe finds that would keep somebody out."""
    # The page's policy keeps foreign script out, so it comes through the debugger.
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate("axe.run().then((report) => report.violations)")
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def check_axe(browser: Browser, scheme: str, show: Callable[[Page], None]) -> None:
    # Motion off: axe would measure the contrast of something half faded in.
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    show(page)
    findings = serious_findings(page)
    context.close()
    assert not findings, findings


def check_phone(browser: Browser, show: Callable[[Page], None]) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    show(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width == PHONE["width"], f"{width} pixels wide"
