"""Process 1 of the executor's container: from root to nobody in particular, in one group."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from backend.container import step_down
from tests.support.needs import ROOT

GROUP = 4242


@pytest.fixture
def engine_socket(tmp_path: Path) -> Path:
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
    return path


def started(path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backend.container.step_down", *command],
        cwd=ROOT,
        env={"DOCKER_HOST": f"unix://{path}", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.root
def test_root_becomes_a_user_in_the_sockets_group_without_a_capability(engine_socket: Path) -> None:
    os.chown(engine_socket, 0, GROUP)
    said = started(engine_socket, "cat", "/proc/self/status").stdout
    status = dict(re.findall(r"^(\w+):\s*(.*?)\s*$", said, re.MULTILINE))
    assert status["Uid"].split() == ["10001"] * 4
    assert status["Gid"].split() == ["10001"] * 4
    assert status["Groups"] == str(GROUP)
    sets = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
    assert {name: int(status[name], 16) for name in sets} == dict.fromkeys(sets, 0)
    assert status["NoNewPrivs"] == "1"


@pytest.mark.root
def test_without_a_socket_nothing_is_run(tmp_path: Path) -> None:
    done = started(tmp_path / "docker.sock", "echo", "run")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"There is no Docker socket at {tmp_path}/docker.sock" in done.stderr
    assert "TORCHROOM_DOCKER_SOCKET" in done.stderr


@pytest.mark.root
def test_a_folder_that_an_engine_made_in_its_place_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "docker.sock").mkdir()
    done = started(tmp_path / "docker.sock", "echo", "run")
    assert (done.returncode, done.stdout) == (1, "")
    assert "is no socket" in done.stderr


def test_a_command_that_is_not_there_is_named(engine_socket: Path) -> None:
    done = started(engine_socket, "no-such-command")
    assert done.returncode == 1
    assert "no-such-command could not be started" in done.stderr


@pytest.mark.parametrize(
    ("variables", "path"),
    [
        ({}, Path("/var/run/docker.sock")),
        ({"DOCKER_HOST": ""}, Path("/var/run/docker.sock")),
        ({"DOCKER_HOST": "unix:///run/user/1000/docker.sock"}, Path("/run/user/1000/docker.sock")),
        ({"DOCKER_HOST": "tcp://engine:2376"}, None),
    ],
)
def test_the_socket_is_where_docker_looks_for_it(
    variables: dict[str, str], path: Path | None
) -> None:
    assert step_down.socket_path(variables) == path
