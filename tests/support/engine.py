"""The Docker engine, and the sandbox image on it."""

from collections.abc import Iterator

import docker
import pytest
from docker import DockerClient

from sandbox.image.build import ensure_image


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[DockerClient]:
    client = docker.from_env()
    yield client
    client.close()


@pytest.fixture(scope="session")
def sandbox_image(docker_engine: DockerClient) -> str:
    """Tag of the real image. Built on first use: some minutes where it never was."""
    return ensure_image(docker_engine, lambda line: print(line, flush=True))
