"""Order the tests, leave out what this machine cannot run, and say so at the end.

Unit tests come first: whoever broke something learns it within the minute. Where
TORCHROOM_NOTHING_LEFT_OUT is set, as in .ci/run, a test that would be skipped fails instead.
"""

import os
import time
from collections.abc import Generator

import pytest

from tests.support import needs

HEAVY = (*needs.NEEDS, "slow")
strict = pytest.StashKey[bool]()
reasons = pytest.StashKey[dict[str, int]]()
unit = pytest.StashKey[list[float]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[strict] = bool(os.environ.get("TORCHROOM_NOTHING_LEFT_OUT"))
    config.stash[reasons] = {}
    config.stash[unit] = []


def is_heavy(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(marker) for marker in HEAVY)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if marker := needs.MARKER_OF_FIXTURE.get(fixture):
                item.add_marker(marker)
    items.sort(key=is_heavy)  # stable: within each part the order stays


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in needs.NEEDS:
        if item.get_closest_marker(marker) and (said := needs.missing(marker)):
            pytest.skip(said)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    started = time.monotonic()
    try:
        return (yield)
    finally:
        if not is_heavy(item):
            item.config.stash[unit].append(time.monotonic() - started)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = reason.removeprefix("Skipped: ")
        if item.config.stash[strict]:
            report.outcome = "failed"
            report.longrepr = f"left out, where nothing may be: {reason}"
        else:
            counted = item.config.stash[reasons]
            counted[reason] = counted.get(reason, 0) + 1
    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if took := config.stash[unit]:
        terminalreporter.section("unit part")
        terminalreporter.line(f"{len(took)} tests in {sum(took):.0f} s")
    if counted := config.stash[reasons]:
        terminalreporter.section("left out on this machine", yellow=True)
        for reason, count in counted.items():
            terminalreporter.line(f"{count:4} tests: {reason}")
