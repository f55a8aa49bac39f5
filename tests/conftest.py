"""Fixtures for the real things, from tests/support. A test that uses one is left out where it is missing."""

pytest_plugins = [
    "tests.support.left_out",
    "tests.support.postgres",
    "tests.support.engine",
    "tests.support.chromium",
]
