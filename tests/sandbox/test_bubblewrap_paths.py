"""What a bubblewrap slot sees of the host's Python."""

import sys

import pytest

from sandbox.slots import bubblewrap


@pytest.fixture
def under_tmp(monkeypatch: pytest.MonkeyPatch) -> str:
    """A clone somewhere in /tmp, as CI and the careful have it: in a slot /tmp is the jobs'."""
    monkeypatch.setattr(sys, "prefix", "/tmp/clone/.venv")
    monkeypatch.setattr(sys, "executable", "/tmp/clone/.venv/bin/python3")
    return "/tmp/clone/.venv"


def test_an_environment_under_tmp_is_seen_elsewhere(under_tmp: str) -> None:
    words = bubblewrap._read_only_root()
    place = words[words.index(under_tmp) + 1]
    assert not place.startswith("/tmp")
    assert bubblewrap._python() == f"{place}/bin/python3"


def test_a_python_without_environment_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    assert bubblewrap._python() == sys.executable
