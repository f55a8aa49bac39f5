"""Process 1 of a slot: torch imported once, a fork for every job, and nothing left behind.

Holds no secret. What the executor sends for a job is spliced from our stdin into the child's pipe,
and what the child answers from its pipe to our stdout, so none of it ever lies in this process's
memory, of which every later child is a copy.

A spare child is forked, locked down and warm before its job arrives. After a job everything that is
left is killed and reaped, what it wrote to disk is wiped, and only then the slot says FREE.
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import signal
import sys
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from sandbox import protocol
from sandbox.image import cgroup, cleaning, hugepages, landlock, lockdown, player, relay, warming
from sandbox.protocol import Kind

SOURCE_FD, RESULT_FD = 3, 4
ENVIRONMENT = {
    "PATH": "/opt/venv/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(slots=True)
class Child:
    """A forked child and our ends of its pipes. `ended` is (wait status, rusage) once reaped."""

    pid: int
    uid: int
    source: int
    out: int
    err: int
    result: int
    ended: tuple[int, Any] | None = None

    def close(self) -> None:
        """Close our ends."""
        for fd in (self.source, self.out, self.err, self.result):
            os.close(fd)


class Zygote:
    """Keeps one spare child and plays one job at a time with it."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.wakeup = _wake_on_child_exit()
        self.jobs = 0
        self.orphans: dict[int, tuple[int, Any]] = {}
        self.cleaner = cleaning.Cleaner(options.writable)
        self.spare = self._fork()

    def serve(self) -> None:
        """Play jobs until the executor closes our stdin."""
        self._free({"clean": True, "torch": torch.__version__, "device": self.options.device})
        try:
            while (opening := relay.next_header()) is not None:
                kind, length = opening
                if kind is not Kind.JOB:
                    raise protocol.ProtocolError(f"expected JOB, got {kind.name}")
                self._play(protocol.load_json(relay.read_exactly(length)))
        except (EOFError, BrokenPipeError):
            pass  # the executor left in the middle of a job, which ends with it
        finally:
            self.cleaner.kill_all({})

    def _play(self, job: dict[str, Any]) -> None:
        if self._is_dead(self.spare):
            self.spare.close()
            self.spare = self._fork()
        child = self.spare
        kills_before = cgroup.out_of_memory_kills()
        base_kb = cgroup.resident_kb(child.pid)
        self.orphans.clear()
        ended = relay.Relay(child, job, self.wakeup, self._reap).run()
        reaped = self.cleaner.kill_all({child.pid: child.ended, **self.orphans})
        ended["out_of_memory"] = cgroup.out_of_memory_kills() > kills_before
        ended.update(cleaning.usage_of(reaped, child.pid, base_kb))
        relay.send(Kind.ENDED, ended)
        child.close()
        self.jobs += 1
        left = self.cleaner.wipe(child.uid)
        self.spare = self._fork()
        self._free({"clean": not left, "left": left})

    def _free(self, facts: dict[str, Any]) -> None:
        relay.send(Kind.FREE, {"jobs": self.jobs, "threads": os_threads(), **facts})

    def _reap(self, child: Child) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == child.pid:
                child.ended = (status, usage)
            else:
                self.orphans[pid] = (status, usage)

    def _is_dead(self, child: Child) -> bool:
        self._reap(child)
        return child.ended is not None

    def _fork(self) -> Child:
        uid = self.options.uid + self.jobs % self.options.uids if self.options.uid else 0
        source_r, source_w = os.pipe()
        out_r, out_w = os.pipe()
        err_r, err_w = os.pipe()
        result_r, result_w = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            _run_child([source_r, result_w, out_w, err_w], uid, self.options)
        for fd in (source_r, out_w, err_w, result_w):
            os.close(fd)
        for fd in (source_w, out_r, err_r, result_r):
            os.set_blocking(fd, False)
        relay.widen(source_w, result_r)
        return Child(pid, uid, source_w, out_r, err_r, result_r)


def _run_child(fds: list[int], uid: int, options: argparse.Namespace) -> None:
    """Never returns: becomes the player, locked down, and ends with it."""
    try:
        zygote = os.getppid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        _only_fds(*fds)
        _lock_down(uid, zygote, options)
        gc.enable()
        warming.warm(options.device)
        player.rehearse()
        player.serve(SOURCE_FD, RESULT_FD)
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode(errors="replace"))
        os._exit(70)
    os._exit(0)


def _only_fds(source: int, result: int, out: int, err: int) -> None:
    high = [os.dup2(fd, number) for number, fd in enumerate((source, result, out, err), 200)]
    for number, fd in ((1, high[2]), (2, high[3]), (SOURCE_FD, high[0]), (RESULT_FD, high[1])):
        os.dup2(fd, number)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.closerange(RESULT_FD + 1, 4096)


def _lock_down(uid: int, zygote: int, options: argparse.Namespace) -> None:
    lockdown.dumpable()
    cgroup.kill_me_first()
    os.umask(0o077)
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    lockdown.drop_capabilities()
    lockdown.parent_death_signal(zygote)
    lockdown.not_dumpable()
    workplace = options.writable[0]
    os.environ.clear()
    os.environ.update(ENVIRONMENT, HOME=workplace, TMPDIR=workplace)
    os.chdir(workplace)
    lockdown.no_new_privs()
    if uid:
        lockdown.install_filter()
    else:
        # The child shares our uid: it must not signal us, nor read what else is its person's.
        if options.device == "cpu":  # a GPU's driver opens more than Landlock could be told
            landlock.confine([*options.writable, "/dev/shm"])
        lockdown.install_filter(untouchable=(zygote,))


def _wake_on_child_exit() -> int:
    readable, writable = os.pipe()
    for fd in (readable, writable):
        os.set_blocking(fd, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return readable


def os_threads() -> int:
    """How many threads the kernel counts in this process; a fork keeps only its caller."""
    return len(os.listdir("/proc/self/task"))


def main() -> None:
    """Import, warm, freeze, then serve. Exit status 0 after end of input."""
    options = _options()
    torch.set_num_threads(1)
    relay.take_standard_streams()
    if options.subreaper:
        lockdown.child_subreaper()
    lockdown.not_dumpable()
    warming.warm("cpu")
    player.rehearse()
    gc.collect()
    gc.freeze()
    gc.disable()
    hugepages.collapse()
    if os_threads() != 1:
        raise SystemExit(f"the zygote has {os_threads()} threads; a fork would keep only one")
    Zygote(options).serve()
    if options.subreaper:
        # A directory that was made for us; whoever made it may have been killed.
        shutil.rmtree(options.writable[0], ignore_errors=True)
    os._exit(0)  # torch takes a second to be taken down


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uid", type=int, default=0, help="first uid of the jobs; 0 keeps ours")
    parser.add_argument("--uids", type=int, default=8, help="how many uids to take in turn")
    parser.add_argument("--device", default="cpu", help="where the tensors of a job live")
    parser.add_argument("--subreaper", action="store_true", help="not process 1: reap orphans")
    parser.add_argument("--writable", nargs="+", default=["/tmp", "/dev/shm", "/dev/mqueue"])
    return parser.parse_args()


if __name__ == "__main__":
    main()
