"""The stack, built and started once for all tests that need it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker import DockerClient
from docker.errors import APIError

from tests.stack.stack import IMAGE, SANDBOX_IMAGE, Stack, build_postgres, copy_context

BUILD_SECONDS = 1800


@pytest.fixture(scope="session")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository, so that nothing is left in the checkout."""
    folder = tmp_path_factory.mktemp("context")
    copy_context(folder)
    return folder


@pytest.fixture(scope="session")
def built(docker_engine: DockerClient, context: Path) -> Iterator[Path]:
    """The context, with all images of docker-compose.yml built from it."""
    build_postgres(docker_engine)
    try:
        Stack(docker_engine, context).compose("build", "secrets", "sandbox", seconds=BUILD_SECONDS)
        yield context
    finally:
        for name in (IMAGE, SANDBOX_IMAGE):
            with contextlib.suppress(APIError):
                # What it was built from stays: the next run builds it from there in seconds.
                docker_engine.images.remove(name, noprune=True)


@pytest.fixture(scope="session")
def stack(docker_engine: DockerClient, built: Path) -> Iterator[Stack]:
    """Up and healthy. A test that breaks it leaves it to heal, and waits until it has."""
    stack = Stack(docker_engine, built)
    try:
        stack.start()
        yield stack
    finally:
        stack.down()
