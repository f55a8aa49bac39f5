"""What a process slot's child can no longer reach of a person's files and processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.image import landlock, lockdown, selftest
from tests.sandbox.forked import in_child

pytestmark = pytest.mark.skipif(landlock.version() == 0, reason="this kernel has no Landlock")
ROOT = Path(__file__).parents[2]
ANSWERS = sorted(ROOT.glob("questions/*/reference.py"))


@pytest.fixture
def workplace() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="torchroom-test-") as folder:
        Path(folder).chmod(0o777)
        yield folder


def confined(workplace: str) -> Callable[[], None]:
    def lock() -> None:
        lockdown.drop_capabilities()
        lockdown.no_new_privs()
        assert landlock.confine([workplace, "/dev/shm"]) > 0

    return lock


def outcome(act: Callable[[], Any]) -> str:
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return "done"


def moved_out(workplace: str) -> None:
    file = Path(workplace, "file")
    file.touch()
    file.rename(f"{workplace}-moved")


OUTSIDE: dict[str, Callable[[str], Any]] = {
    "a question's answer": lambda _: ANSWERS[0].read_text(),
    "the folder above": lambda _: list(ROOT.iterdir()),
    "the root": lambda _: list(Path("/").iterdir()),
    "reading a file beside": lambda at: Path(f"{at}-beside").read_text(),
    "writing a file beside": lambda at: Path(f"{at}-beside").write_text("x"),
    "cutting a file beside": lambda at: os.truncate(f"{at}-beside", 0),
    "removing a file beside": lambda at: Path(f"{at}-beside").unlink(),
    "making a file in /tmp": lambda at: Path(f"{at}-new").write_text("x"),
    "moving a file out": moved_out,
    "the zygote's environment": lambda _: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
    "the zygote's memory": lambda _: os.open(f"/proc/{os.getppid()}/mem", os.O_RDONLY),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_lies_outside_is_out_of_reach(name: str, workplace: str) -> None:
    beside = Path(f"{workplace}-beside")
    left = [beside, Path(f"{workplace}-new"), Path(f"{workplace}-moved")]

    def act() -> str:
        return outcome(lambda: OUTSIDE[name](workplace))

    uid = os.geteuid()  # a process slot runs as whoever started it
    try:
        beside.write_text("a note of mine")
        assert in_child(act, confined(workplace), uid=uid) == "PermissionError"
        assert beside.read_text() == "a note of mine"
        assert in_child(act, uid=uid) == "done"
    finally:
        for path in left:
            path.unlink(missing_ok=True)


def test_what_lies_inside_can_be_used(workplace: str) -> None:
    def act() -> list[Any]:
        file = Path(workplace, "folder", "file")
        file.parent.mkdir()
        file.write_text("x")
        file.rename(file.with_name("other"))
        Path("/dev/null").write_text("x")
        shared = f"/dev/shm/torchroom-test-{os.getpid()}"
        Path(shared).write_text("x")
        Path(shared).unlink()
        program = [sys.executable, "-c", "import secrets; print(open('/proc/self/comm').read())"]
        started = subprocess.run(program, capture_output=True, text=True, check=True, cwd=workplace)
        left, right = socket.socketpair()
        left.sendall(b"x")
        return [
            [one.name for one in file.parent.iterdir()],
            len(started.stdout) > 3,
            right.recv(9).decode(),
        ]

    uid = os.geteuid()
    assert in_child(act, confined(workplace), uid=uid) == [["other"], True, "x"]


@pytest.mark.skipif(landlock.version() < 6, reason="signals are kept inside since Linux 6.12")
def test_signals_stay_inside(workplace: str) -> None:
    def act() -> list[str]:
        zygote = os.getppid()
        child = os.fork()
        if child == 0:
            time.sleep(20)
            os._exit(0)
        return [
            outcome(lambda: os.kill(zygote, 0)),
            outcome(lambda: os.kill(child, signal.SIGKILL)),
        ]

    uid = os.geteuid()
    assert in_child(act, uid=uid) == ["done", "done"]
    assert in_child(act, confined(workplace), uid=uid) == ["PermissionError", "done"]


@pytest.mark.skipif(
    landlock.version() < 6, reason="abstract sockets are kept inside since Linux 6.12"
)
def test_abstract_sockets_of_others_are_out_of_reach(workplace: str) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0torchroom-test-{os.getpid()}")
        server.listen()
        name = server.getsockname()

        def act() -> str:
            return outcome(lambda: socket.socket(socket.AF_UNIX).connect(name))

        assert in_child(act, uid=os.geteuid()) == "done"
        assert in_child(act, confined(workplace), uid=os.geteuid()) == "PermissionError"


def test_the_self_test_sees_it(workplace: str) -> None:
    names = ("read-only root", "no personal files", "few writable places", "zygote unreadable")

    def act() -> dict[str, Any]:
        os.environ["TMPDIR"] = workplace
        facts = selftest.probe_layers()
        return {name: facts[name]["holds"] for name in names}

    uid = os.geteuid()
    assert in_child(act, confined(workplace), uid=uid) == dict.fromkeys(names, True)
    assert in_child(act, uid=uid)["read-only root"] is False


def test_a_kernel_without_it_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "_call", lambda *_: -1)
    assert landlock.confine(["/tmp"]) == 0


def test_without_no_new_privs_it_is_our_error() -> None:
    with pytest.raises(AssertionError, match="landlock: Operation not permitted"):
        in_child(lambda: landlock.confine(["/tmp"]))
