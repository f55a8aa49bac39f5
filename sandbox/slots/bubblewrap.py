"""A slot in namespaces of its own, by bubblewrap: no engine needed, nor, on most hosts, root.

The zygote is process 1 of a pid namespace, on a root that holds Python, torch and our runner,
read-only, without a network. Started by root, jobs get uids of their own as in a container; started
by a user they share the zygote's. There is no cgroup: memory and processes are held by each job's
rlimits.
"""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from sandbox.channel import Channel
from sandbox.errors import SlotUnavailable
from sandbox.slots import Program, SlotKind, SlotLimits
from sandbox.slots.process import ROOT, clean_environment, spawn

RUNNER = Path("/opt/torchroom")
# Where a virtual environment lies inside. At its own place it might be under /tmp, which is the
# jobs' own in there.
ENVIRONMENT = RUNNER / "python"
UIDS_PER_SLOT = 8
_FIRST_UID, _UID_BLOCKS = 60_200, 600
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin")
_ETC = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives")


class BubblewrapHost:
    """Starts slots and judges with `bwrap`."""

    kind: SlotKind = "bubblewrap"

    def __init__(self, program: str, is_root: bool | None = None) -> None:
        self._program = program
        self._is_root = os.geteuid() == 0 if is_root is None else is_root
        self._blocks = itertools.count(secrets.randbelow(_UID_BLOCKS))

    @classmethod
    def find(cls) -> BubblewrapHost:
        """Look for a `bwrap` that works here, by using it."""
        program = shutil.which("bwrap")
        if program is None:
            raise SlotUnavailable("bwrap is not installed; the package is called bubblewrap")
        host = cls(program)
        command = [*host._wall(SlotLimits()), "--", "/usr/bin/env", "true"]
        tried = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        if tried.returncode != 0:
            why = tried.stderr.strip().splitlines()[-1:] or [f"status {tried.returncode}"]
            raise SlotUnavailable(
                f"bwrap does not work here ({why[0]}); it needs user namespaces, or root"
            )
        return host

    def start(self, program: Program, limits: SlotLimits) -> Channel:
        """Start `program` as process 1 of a new pid namespace.

        It ends with its stdin. `--die-with-parent` would not do: it means the thread that starts
        it.
        """
        inside = [_python(), "-m", f"sandbox.image.{program}"]
        if program == "zygote":
            inside += ["--writable", "/tmp", "/dev/shm", "--device", limits.device]
            if self._is_root:
                first = _FIRST_UID + next(self._blocks) % _UID_BLOCKS * UIDS_PER_SLOT
                inside += ["--uid", str(first), "--uids", str(UIDS_PER_SLOT)]
        environment = clean_environment("/tmp") | {"PYTHONPATH": str(RUNNER)}
        return spawn([*self._wall(limits), "--", *inside], environment, lambda: None)

    def close(self) -> None:
        """Nothing to let go of."""

    def _wall(self, limits: SlotLimits) -> list[str]:
        rights = ["--unshare-user"]
        if self._is_root:
            kept = ("CAP_SETUID", "CAP_SETGID", "CAP_KILL")
            rights = ["--cap-drop", "ALL", *(word for cap in kept for word in ("--cap-add", cap))]
        return [
            self._program,
            *rights,
            "--unshare-pid",
            "--unshare-net",
            "--unshare-ipc",
            "--unshare-uts",
            "--unshare-cgroup-try",
            "--as-pid-1",
            "--new-session",
            *_read_only_root(),
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            *_tmpfs("/dev/shm", limits.shm_mb),
            *_tmpfs("/tmp", limits.tmp_mb),
            "--remount-ro",
            "/",
            # Started by a user, this tmpfs is the candidate's as well.
            "--remount-ro",
            "/dev",
            "--chdir",
            "/tmp",
        ]


def _read_only_root() -> list[str]:
    words: list[str] = []
    for path in map(Path, _SYSTEM):
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), str(path)]
        elif path.exists():
            words += ["--ro-bind", str(path), str(path)]
    for name in _ETC:
        words += ["--ro-bind-try", name, name]
    base = Path(sys.base_prefix)
    if not base.is_relative_to("/usr"):
        words += _open_parents(base)
        words += ["--ro-bind", str(base), str(base)]
    words += _open_parents(ENVIRONMENT)
    if sys.prefix != sys.base_prefix:
        words += ["--ro-bind", sys.prefix, str(ENVIRONMENT)]
    return [*words, "--ro-bind", str(ROOT / "sandbox"), str(RUNNER / "sandbox")]


def _open_parents(path: Path) -> list[str]:
    """The folders above `path`, for all: those that bubblewrap makes by itself are closed to the
    jobs' uids, and every import of theirs with them."""
    parents = list(path.parents)[-2::-1]
    return [word for parent in parents for word in ("--perms", "0755", "--dir", str(parent))]


def _python() -> str:
    """The path inside of the Python that runs this."""
    if sys.prefix == sys.base_prefix:
        return sys.executable
    return str(ENVIRONMENT / "bin" / Path(sys.executable).name)


def _tmpfs(path: str, megabytes: int) -> list[str]:
    return ["--perms", "1777", "--size", str(megabytes << 20), "--tmpfs", path]
