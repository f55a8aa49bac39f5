"""Each layer is reported as missing where it is missing, and as holding where it is there."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.image import lockdown, selftest
from tests.sandbox.forked import in_child

ROOT = Path(__file__).parents[2]


def filtered() -> None:
    lockdown.no_new_privs()
    lockdown.install_filter(untouchable=(os.getppid(),))


# What a child can do for itself, whatever the slot around it.
BY_LOCKDOWN: dict[str, Callable[[], None]] = {
    "no new privileges": lockdown.no_new_privs,
    "memory unreadable": lockdown.not_dumpable,
    "system call filter": filtered,
    "no network sockets": filtered,
    "no tracing": filtered,
    "no namespaces": filtered,
    "no io_uring": filtered,
    "no keyrings": filtered,
    "no lasting objects": filtered,
    "fixed personality": filtered,
    "zygote not signalled": filtered,
    "memory limit": lambda: lockdown.set_limits(200, 8, 1),
    "process limit": lambda: lockdown.set_limits(None, 8, 1),
}


def with_zygote(act: Callable[[], Any]) -> Callable[[], Any]:
    """Run `act` one fork further down, so that its parent is a process of its own uid."""

    def run() -> Any:
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.write(writer, repr(act()).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            return eval(pipe.read())

    return run


def holds(name: str, *before: Callable[[], None]) -> Callable[[], Any]:
    def act() -> Any:
        for step in before:
            step()
        return selftest.probe_layers()[name]["holds"]

    return with_zygote(act)


@pytest.fixture
def no_limits_around_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests themselves may run in a container, which has limits of its own."""
    monkeypatch.setattr(selftest, "_cgroup", lambda *_: None)


@pytest.mark.usefixtures("no_limits_around_us")
@pytest.mark.parametrize("name", BY_LOCKDOWN)
def test_a_fact_flips_when_the_child_locks_itself_down(name: str) -> None:
    if name == "process limit" and os.geteuid() != 0:
        pytest.skip("needs root to become a user of its own")
    assert in_child(holds(name)) is False
    assert in_child(holds(name, BY_LOCKDOWN[name])) is True


def test_capabilities() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root has capabilities to lose")

    def act() -> bool:
        return selftest.probe_layers()["no capabilities"]["holds"] is True

    assert in_child(act, uid=0) is False
    assert in_child(act, lockdown.drop_capabilities, uid=0) is True


def test_uid() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to become a user of its own")

    def act() -> bool:
        return selftest.probe_layers()["own uid"]["holds"] is True

    assert in_child(act) is True
    assert in_child(act, uid=0) is False
    assert in_child(with_zygote(act)) is False  # shared with the parent


def test_an_unreadable_zygote() -> None:
    unreadable = holds("zygote unreadable")
    if os.geteuid() != 0:
        assert in_child(unreadable, lockdown.not_dumpable) is True
        pytest.skip("process 1 is the superuser's, and so are we not")

    def with_readable_parent() -> Any:
        return with_zygote(lambda: selftest.probe_layers()["zygote unreadable"]["holds"])()

    assert in_child(with_readable_parent) is False
    assert in_child(with_readable_parent, lockdown.not_dumpable) is True


def test_descriptors() -> None:
    program = (
        "import os, json; from sandbox.image import selftest; "
        "before = selftest.probe_layers()['no stray descriptors']; "
        "os.open('/etc/passwd', os.O_RDONLY); os.open('/etc/passwd', os.O_RDONLY); "
        "os.open('/etc/passwd', os.O_RDONLY); "
        "print(json.dumps([before, selftest.probe_layers()['no stray descriptors']]))"
    )
    before, after = run_program(program)
    assert before["holds"] is True, before
    assert after == {"holds": False, "detail": "5 is /etc/passwd"}


def run_program(program: str, wall: tuple[str, ...] = (), **environment: str) -> Any:
    answer = subprocess.run(
        [*wall, sys.executable, "-c", program],
        cwd=None if wall else ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(answer.stdout)


ALL = "import json; from sandbox.image import selftest; print(json.dumps(selftest.probe_layers()))"


def test_an_environment_that_is_gone_from_python_only() -> None:
    layer = "clean environment"
    assert run_program(ALL)[layer]["holds"] is True
    assert run_program(ALL, SECRET_TOKEN="x")[layer] == {"holds": False, "detail": "SECRET_TOKEN"}
    cleared = f"import os; os.environ.clear(); {ALL}"
    assert run_program(cleared, SECRET_TOKEN="x")[layer]["detail"] == "SECRET_TOKEN"


TMPFS = ("--size", "1048576", "--tmpfs")
# This Python may lie in somebody's home, as one by pyenv does.
PYTHON = ("--ro-bind", sys.base_prefix, sys.base_prefix)


def sealed(folder: str, *inside: str) -> tuple[str, ...]:
    """An empty folder, but for what is put inside, that nobody may write to."""
    return ("--tmpfs", folder, *inside, "--remount-ro", folder)


# Options of bubblewrap that build a layer, and what stands there instead where it is missing.
AROUND: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "read-only root": (("--ro-bind", "/", "/"), ("--bind", "/", "/")),
    "few devices": (("--dev", "/dev"), ("--dev-bind", "/dev", "/dev")),
    "few writable places": (("--remount-ro", "/dev"), ("--tmpfs", "/srv")),
    "limited scratch space": ((*TMPFS, "/tmp", *TMPFS, "/dev/shm"), ("--tmpfs", "/tmp")),
    "no engine socket": (
        ("--tmpfs", "/run", "--remount-ro", "/run"),
        ("--tmpfs", "/run", "--ro-bind", "/dev/null", "/run/docker.sock"),
    ),
    "own process ids": (("--unshare-pid", "--as-pid-1"), ("--unshare-pid",)),
    "own network": (("--unshare-net",), ()),
    "no personal files": (
        (*sealed("/home"), *sealed("/mnt"), *sealed("/media"), *sealed("/root", *PYTHON)),
        (*sealed("/home", "--dir", "/home/a"), *sealed("/mnt"), *sealed("/media")),
    ),
}


def behind_wall(without: str = "") -> dict[str, Any]:
    """The facts behind a wall of all layers, or of all but one."""
    bwrap = shutil.which("bwrap")
    assert bwrap is not None
    words = [bwrap, "--unshare-user-try"]
    for name, (there, missing) in AROUND.items():
        words += missing if name == without else there
    words += ["--proc", "/proc", "--ro-bind", str(ROOT), str(ROOT), "--chdir", "/", "--"]
    # A candidate's code runs in a child of process 1.
    program = "\n".join(
        [
            "import os, sys",
            "if os.fork() == 0:",
            f"    {ALL}",
            "    sys.stdout.flush()",
            "    os._exit(0)",
            "os.wait()",
        ]
    )
    facts: dict[str, Any] = run_program(program, tuple(words))
    return facts


@pytest.mark.bubblewrap
@pytest.mark.parametrize("name", AROUND)
def test_a_fact_about_the_slot_flips_with_its_wall(name: str) -> None:
    whole = behind_wall()[name]
    assert whole["holds"] is True, whole
    missing = behind_wall(without=name)[name]
    if name == "own network":  # this machine may itself have nothing but a loopback
        assert missing == run_program(ALL)[name]
    else:
        assert missing["holds"] is False, missing


def test_a_probe_that_cannot_be_tried_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> selftest.Fact:
        raise FileNotFoundError("/proc is not mounted")

    monkeypatch.setitem(selftest._PROBES, "own uid", broken)
    fact = selftest.probe_layers()["own uid"]
    assert fact["holds"] is False
    assert "could not be tried: FileNotFoundError" in str(fact["detail"])


def test_trying_leaves_the_process_as_it_was() -> None:
    def state() -> list[Any]:
        status = Path("/proc/self/status").read_text()
        kept = ("Uid", "Cap", "NoNewPrivs", "Seccomp", "Threads", "TracerPid", "NStgid")
        lines = [line for line in status.splitlines() if line.startswith(kept)]
        spaces = [
            str(Path("/proc/self/ns", name).readlink()) for name in ("user", "pid", "net", "mnt")
        ]
        personality = ctypes.CDLL(None).personality(ctypes.c_ulong(0xFFFFFFFF))
        limits = [resource.getrlimit(which) for which in range(16)]
        return [lines, spaces, personality, limits, len(list(Path("/proc/self/fd").iterdir()))]

    def act() -> bool:
        before = state()
        selftest.probe_layers()
        return state() == before

    assert in_child(act) is True


def test_it_is_quick() -> None:
    def act() -> float:
        selftest.probe_layers()
        started = time.perf_counter()
        for _ in range(5):
            selftest.probe_layers()
        return (time.perf_counter() - started) / 5

    assert in_child(act) < 0.2  # 5 to 10 ms were measured; a slow machine is not a failure
