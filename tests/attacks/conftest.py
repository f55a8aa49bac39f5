"""Every attack meets docker slots and bubblewrap slots, the latter started by root and by an ordinary user."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.judging import Sandbox
from sandbox.slots import SlotLimits
from sandbox.slots.bubblewrap import BubblewrapHost
from tests.attacks.arena import Arena
from tests.attacks.executor import House, Thief, house

DOCKER = pytest.param("docker", marks=pytest.mark.docker)
BUBBLEWRAP = pytest.param("bubblewrap", marks=pytest.mark.bubblewrap)
# Shares the zygote's uid with the candidate: only the filter and Landlock stand between them.
USERS = pytest.param("bubblewrap-user", marks=pytest.mark.bubblewrap)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module says USERS_TOO where it matters whose uid the candidate has."""
    if "arena" in metafunc.fixturenames:
        users = [USERS] if getattr(metafunc.module, "USERS_TOO", False) else []
        metafunc.parametrize("arena", [DOCKER, BUBBLEWRAP, *users], indirect=True, scope="session")


@pytest.fixture(scope="session")
def arena(request: pytest.FixtureRequest) -> Iterator[Arena]:
    """A sandbox of one kind with one slot, shared by all attacks: each has to leave it as it was."""
    name: str = request.param
    with open_sandbox(name) as sandbox:
        yield Arena.of(name, sandbox)


def open_sandbox(name: str) -> Sandbox:
    if name != "bubblewrap-user":
        return Sandbox.open(kind=name)
    return open_as_user()


def open_as_user() -> Sandbox:
    """A bubblewrap sandbox of a user without rights."""
    if os.geteuid() != 0:
        return Sandbox.open(kind="bubblewrap")
    host = BubblewrapHost(str(Path(__file__).with_name("as_somebody.sh")), is_root=False)
    sandbox = Sandbox(host, SlotLimits(), 1)
    sandbox.pool.open()
    sandbox.judge_client.start()
    return sandbox


@pytest.fixture
def at(migrated_postgres_url: str) -> Iterator[House]:
    with house(migrated_postgres_url) as found:
        yield found


@pytest.fixture
def thief(at: House) -> Thief:
    return at.thief()
