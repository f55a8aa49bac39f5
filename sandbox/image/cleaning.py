"""Leaves nothing of a job behind: no process, no zombie, no file."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import time
from pathlib import Path
from typing import Any

PATIENCE = 3.0
WIPE_SECONDS = 1.0

Reaped = dict[int, Any]


class Uncleanable(Exception):
    """Something survives that ought to be dead; the slot has to be destroyed."""


class Cleaner:
    """Kills and reaps what a job started, and wipes the directories that it could write to."""

    def __init__(self, writable: list[str]) -> None:
        self.writable = [Path(path) for path in writable]

    def kill_all(self, ended: Reaped) -> Reaped:
        """Kill and reap every descendant; (status, rusage) of each by its pid."""
        reaped = dict(ended)
        deadline = time.monotonic() + PATIENCE
        while True:
            _kill_descendants()
            try:
                while True:
                    pid, status, usage = os.wait4(-1, os.WNOHANG)
                    if pid == 0:
                        break
                    reaped[pid] = (status, usage)
            except ChildProcessError:
                return reaped
            if time.monotonic() > deadline:
                raise Uncleanable("a process of the job survives SIGKILL")
            time.sleep(0.0002)

    def wipe(self, uid: int) -> list[str]:
        """Empty the writable directories; what is still there afterwards, a few names of it."""
        if any(self._entries()):
            _as_owner(uid, self._remove_entries)
        return [str(path) for path in self._entries()][:5]

    def _entries(self) -> list[Path]:
        found: list[Path] = []
        for folder in self.writable:
            with contextlib.suppress(FileNotFoundError):
                found += folder.iterdir()
        return found

    def _remove_entries(self) -> None:
        for entry in self._entries():
            if stat.S_ISDIR(entry.lstat().st_mode):
                shutil.rmtree(entry, onerror=_open_up)
            else:
                with contextlib.suppress(OSError):
                    entry.unlink()


def _open_up(remove: Any, path: str, _error: Any) -> None:
    """rmtree meets a directory that its owner has closed to himself."""
    with contextlib.suppress(OSError):
        os.chmod(os.path.dirname(path), 0o700)
        os.chmod(path, 0o700)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            remove(path)


def _as_owner(uid: int, action: Any) -> None:
    """Run `action` in a child with the job's own uid: our root may not override modes."""
    if not uid:
        action()
        return
    pid = os.fork()
    if pid == 0:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, WIPE_SECONDS)
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            action()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def _kill_descendants() -> None:
    if os.getpid() == 1:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        return
    # Not process 1: kill(-1) would end everything of this user's. Stop first, so that a process
    # cannot fork away from under the list, then kill one by one.
    found = descendants()
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)


def descendants() -> list[int]:
    """Every process below this one, from /proc. Orphans are ours too: we are their subreaper."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                text = Path(f"/proc/{name}/stat").read_text(errors="replace")
                parent = int(text.rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(name))
    found: list[int] = []
    waiting = list(children.get(os.getpid(), ()))
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, ())
    return found


def usage_of(reaped: Reaped, main: int, base_kb: int) -> dict[str, Any]:
    """CPU seconds of all reaped processes, and the peak memory beyond `base_kb`, summed, in KiB."""
    cpu = peak = 0.0
    for ended in reaped.values():
        if ended is not None:
            usage = ended[1]
            cpu += usage.ru_utime + usage.ru_stime
            peak += max(0, usage.ru_maxrss - base_kb)
    main_ended = reaped.get(main)
    status = None if main_ended is None else main_ended[0]
    return {"cpu_seconds": cpu, "peak_kb": peak, **_how_it_ended(status)}


def _how_it_ended(status: int | None) -> dict[str, Any]:
    if status is None:
        return {}
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        known = number in set(signal.Signals)
        return {"signal": signal.Signals(number).name if known else f"signal {number}"}
    return {"exit": os.WEXITSTATUS(status)}
