"""A real Chromium, driven by Playwright."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.needs import chromium_program


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the program."""
    program = chromium_program()
    assert program is not None, "pytest_runtest_setup skips the test where there is none"
    return program


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    # Chromium's own sandbox refuses root, which is what CI is; the pages are our own.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield launched
        launched.close()
