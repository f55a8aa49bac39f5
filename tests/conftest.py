"""Fixtures for the real things. A test that uses one is left out where that is missing."""

pytest_plugins = [
    "tests.support.left_out",
    "tests.support.postgres",
    "tests.support.engine",
    "tests.support.chromium",
]
