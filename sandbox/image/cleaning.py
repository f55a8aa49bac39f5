"""Leaves nothing of a job behind: no process, no zombie, no file."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import stat
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# Tearing down a full house of processes takes a second of processor time, on a busy machine many
# of the wall's.
PATIENCE = 8.0
WIPE_SECONDS = 5.0

Reaped = dict[int, Any]


class Uncleanable(Exception):
    """Something survives that ought to be dead; the slot has to be destroyed."""


class Cleaner:
    """Kills and reaps what a job started, and wipes the directories that it could write to."""

    def __init__(self, writable: list[str]) -> None:
        self.writable = [Path(path) for path in writable]
        self._state = self._state_of_folders()

    def kill_all(self, ended: Reaped) -> Reaped:
        """Kill and reap every descendant; (status, rusage) of each by its pid."""
        reaped = dict(ended)
        deadline = time.monotonic() + PATIENCE
        pause = 0.0002
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
            time.sleep(pause)
            pause = min(2 * pause, 0.01)

    def wipe(self, uid: int) -> list[str]:
        """Empty the writable directories; a few names of what still is there or changed since."""
        try:
            if any(self._entries()):
                _as_owner(uid, lambda: _empty_all(self.writable))
            left = [str(path) for path in self._entries()]
            # Where a child shares our uid the folders themselves are the candidate's as well.
            changed = self._state_of_folders() != self._state
        except OSError as error:
            return [str(error)]
        return [*left[:5], *(["the folders' rights or attributes"] if changed else [])]

    def _entries(self) -> list[Path]:
        found: list[Path] = []
        for folder in self.writable:
            with contextlib.suppress(FileNotFoundError):
                found += folder.iterdir()
        return found

    def _state_of_folders(self) -> list[tuple[int, list[str]]]:
        there = [folder for folder in self.writable if folder.exists()]
        return [(folder.stat().st_mode, os.listxattr(folder)) for folder in there]


def _empty_all(folders: Iterable[Path]) -> None:
    for folder in folders:
        _empty(folder)


def _empty(top: Path) -> None:
    """Remove what is in `top`.

    A folder's folders are moved up before it goes, so that none lies too deep for a path or a
    stack; a folder that its owner has closed is opened first.
    """
    prefix = f".{secrets.token_hex(8)}-"
    moved = 0
    waiting = list(top.iterdir()) if top.exists() else []
    while waiting:
        folder = waiting.pop()
        with contextlib.suppress(OSError):
            if not stat.S_ISDIR(folder.lstat().st_mode):
                folder.unlink()
                continue
            folder.chmod(0o700)
            for entry in folder.iterdir():
                if stat.S_ISDIR(entry.lstat().st_mode):
                    entry.chmod(0o700)
                    moved += 1
                    waiting.append(entry.rename(top / f"{prefix}{moved}"))
                else:
                    entry.unlink()
            folder.rmdir()


def _as_owner(uid: int, action: Any) -> None:
    """Run `action` for a limited time in a child with the job's own uid.

    Our root may not override modes.
    """
    pid = os.fork()
    if pid == 0:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, WIPE_SECONDS)
            if uid:
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
