"""One real service for all, and for each test a window of its own with nothing kept in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.room import Room
from tests.e2e.service import Service

WIDE = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def service(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("service"))
    service.start()
    yield service
    service.stop()


@pytest.fixture
def own_service(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """For tests that stop it, or that need another setting."""
    started: list[Service] = []

    def start(**settings: str) -> Service:
        started.append(Service(tmp_path, **settings))
        started[-1].start()
        return started[-1]

    yield start
    for service in started:
        service.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=WIDE)
    context.set_default_timeout(10_000)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on(
        "console",
        lambda told: broken.append(told.text) if "Content Security" in told.text else None,
    )
    yield page
    context.close()
    assert not broken, f"the page's own script failed: {broken}"


@pytest.fixture
def room(page: Page, service: Service) -> Room:
    return Room(page, service.url).open()
