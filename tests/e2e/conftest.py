"""One real service for all, and for each test a window of its own with nothing kept in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.room import Room
from tests.e2e.service import Service

WIDE = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def service(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    # One run may wait beside the one that is judged: enough for a person, and quickly full.
    service = Service(tmp_path_factory.mktemp("service"), TORCHROOM_QUEUE_LIMIT="1")
    service.start()
    yield service
    service.stop()


@pytest.fixture
def mortal(service: Service) -> Iterator[Service]:
    """The same service, for a test that stops it; up again afterwards, whatever happened."""
    yield service
    if not service.is_up:
        service.start()


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
