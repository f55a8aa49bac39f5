"""docker-compose.yml, started for real under a name and at a port of its own."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docker import DockerClient
from docker.models.containers import Container

from sandbox.image import base, build
from tests.support.needs import ROOT, compose_program

POSTGRES = "torchroom-postgres:test"
# Names of this test run alone: another on the same engine may be of another version.
_RUN = uuid.uuid4().hex[:8]
IMAGE = f"torchroom:test-{_RUN}"
SANDBOX_IMAGE = f"torchroom-sandbox:test-{_RUN}"
SERVICES = ("db", "web", "executor")
PROFILES = ("sqlite", "gpu")
COMMAND_SECONDS = 120


class Stack:
    """One project of docker-compose.yml. Nothing is built or started before it is asked for."""

    def __init__(self, client: DockerClient, folder: Path, **variables: str) -> None:
        self.client = client
        self.folder = folder
        self.project = f"torchroom-test-{uuid.uuid4().hex[:8]}"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.seconds_to_healthy = 0.0
        own = {name: text for name, text in os.environ.items() if not is_ours(name)}
        self.environment = {
            **own,
            # As build.py has it: what both build is then built once.
            "DOCKER_BUILDKIT": "0",
            "COMPOSE_PROJECT_NAME": self.project,
            "TORCHROOM_BUILD_NETWORK": "host",
            "TORCHROOM_PORT": str(self.port),
            "TORCHROOM_IMAGE": IMAGE,
            "TORCHROOM_SANDBOX_IMAGE": SANDBOX_IMAGE,
            "TORCHROOM_POSTGRES_IMAGE": POSTGRES,
            "TORCHROOM_DOCKER_SOCKET": engine_socket(),
            **variables,
        }

    def compose(
        self, *arguments: str, check: bool = True, seconds: float = COMMAND_SECONDS
    ) -> subprocess.CompletedProcess[str]:
        """Run Compose in this project. What it says is in the answer, and in a failure."""
        program = compose_program()
        assert program is not None
        done = subprocess.run(
            [*program, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        if check and done.returncode:
            said = (done.stdout + done.stderr)[-4000:]
            raise AssertionError(f"compose {' '.join(arguments)}: {done.returncode}\n{said}")
        return done

    def up(self, *services: str) -> None:
        self.compose("up", "-d", *services)

    def start(self, *services: str) -> None:
        """Up and healthy. How long that took from the command on is kept."""
        started = time.monotonic()
        self.up(*services)
        self.wait_healthy(*services)
        self.seconds_to_healthy = time.monotonic() - started

    def down(self) -> None:
        """Remove everything of this project, and nothing else."""
        profiles = [word for name in PROFILES for word in ("--profile", name)]
        self.compose(*profiles, "down", "--volumes", "--remove-orphans", "--timeout", "5")

    def containers(self, service: str) -> list[Container]:
        labels = [
            f"com.docker.compose.project={self.project}",
            f"com.docker.compose.service={service}",
        ]
        found: list[Container] = self.client.containers.list(all=True, filters={"label": labels})
        return found

    def container(self, service: str) -> Container:
        """As the engine sees it now."""
        [found] = self.containers(service)
        return found

    def state(self, service: str) -> dict[str, Any]:
        state: dict[str, Any] = self.container(service).attrs["State"]
        return state

    def is_healthy(self, service: str) -> bool:
        health = [one.attrs["State"].get("Health", {}) for one in self.containers(service)]
        return [one.get("Status") for one in health] == ["healthy"]

    def wait_healthy(self, *services: str, seconds: float = 60) -> float:
        """Wait until all (or the three that stay up) are healthy; say how long it took."""
        names = services or SERVICES
        return wait_until(
            lambda: all(self.is_healthy(name) for name in names),
            seconds,
            lambda: f"not healthy: {self._ailing(names)}",
        )

    def logs(self, service: str) -> str:
        return str(self.container(service).logs().decode(errors="replace"))

    def exec(self, service: str, *command: str, user: str = "") -> str:
        """What the command says inside. It has to succeed."""
        code, said = self.container(service).exec_run(list(command), user=user)
        text = str(said.decode(errors="replace"))
        assert code == 0, f"{service}: {command}: {code}\n{text}"
        return text

    def kill(self, service: str, signal: str = "SIGKILL") -> None:
        self.container(service).kill(signal)

    @contextmanager
    def cut(self, service: str, network: str) -> Iterator[None]:
        """Without that network for a while. Its connections hang: nothing tells either end."""
        container = self.container(service)
        found = self.client.networks.get(f"{self.project}_{network}")
        found.disconnect(container, force=True)
        try:
            yield
        finally:
            found.connect(container, aliases=[service])

    def get(self, path: str) -> Any:
        """JSON of the service, by the address that people use."""
        with urllib.request.urlopen(self.url + path, timeout=5) as answer:
            return json.load(answer)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def _ailing(self, services: tuple[str, ...]) -> str:
        ailing = [name for name in services if not self.is_healthy(name)]
        return "\n".join(
            f"{name} {one.attrs['State']}\n{one.logs(tail=20).decode(errors='replace')}"
            for name in ailing
            for one in self.containers(name)
        )


def engine_socket() -> str:
    """Where this host keeps the socket of the engine that the tests speak with."""
    return os.environ.get("DOCKER_HOST", "").removeprefix("unix://") or "/var/run/docker.sock"


def is_ours(variable: str) -> bool:
    return variable.startswith(("TORCHROOM_", "COMPOSE_"))


def wait_until(
    holds: Callable[[], bool], seconds: float, said: Callable[[], str] = lambda: "it never held"
) -> float:
    """How many seconds it took. Fails with `said` where it took longer than `seconds`."""
    started = time.monotonic()
    while True:
        try:
            if holds():
                return time.monotonic() - started
        except (OSError, urllib.error.URLError):
            pass  # nobody listens yet
        if time.monotonic() - started > seconds:
            raise AssertionError(f"after {seconds} s: {said()}")
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def copy_context(into: Path) -> None:
    """The repository as a clone would have it, with what this host adds for its network."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.split("\0"):
        if name and (ROOT / name).is_file():
            copy_plain(ROOT / name, into / name)
    if bundle := build.certificates():
        copy_plain(bundle.resolve(), into / "extras" / "ca.crt")
    for wheel in build.wheels():
        copy_plain(wheel.resolve(), into / "extras" / "wheels" / wheel.name)


def copy_plain(source: Path, target: Path) -> None:
    # As in build.py: an engine builds anew where a file's mode is another.
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


def build_postgres(client: DockerClient) -> None:
    """The stand-in for the official image."""
    base.ensure(client, base.DEFAULT, print)
    client.images.build(
        path=str(ROOT / "tests" / "stack" / "postgres"),
        tag=POSTGRES,
        network_mode="host",
        rm=True,
        forcerm=True,
    )
