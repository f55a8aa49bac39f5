"""The zygote, process 1 of every slot: it cannot be signalled, read, slowed down or written to."""

from __future__ import annotations

import json
import os

import pytest

from tests.attacks.arena import Arena, answer_that_attacks

USERS_TOO = True

WAIT_A_MOMENT = "\ntime.sleep(0.1)\nreturn x + 1"


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSTOP", "SIGTERM", "SIGCHLD", "SIGINT", "SIGSEGV"])
def test_signals_do_not_reach_it(arena: Arena, name: str) -> None:
    """Unprotected: any process of the same uid takes SIGKILL, see tests/sandbox/test_lockdown.py."""
    arena.strike(
        f"""
        for target in (1, -1):
            try:
                os.kill(target, signal.{name})
            except OSError as error:
                print(error.errno)
        try:
            signal.pidfd_send_signal(os.pidfd_open(1), signal.{name})
        except OSError as error:
            print(error.errno)
        """
        + _indented(WAIT_A_MOMENT),
        "passed",
    )
    arena.heal()


def test_signals_sent_by_the_kernel_on_ones_behalf_do_not_reach_it(arena: Arena) -> None:
    """F_SETOWN names a process that gets a signal of one's choice when a file becomes ready: no filter on kill() sees it."""
    arena.strike(
        """
        import fcntl
        ours, theirs = os.pipe()
        for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGIO):
            try:
                fcntl.fcntl(ours, fcntl.F_SETOWN, 1)
                fcntl.fcntl(ours, 10, int(number))  # F_SETSIG
                fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
                os.write(theirs, b"x")
            except OSError as error:
                print(error.errno)
        """
        + _indented(WAIT_A_MOMENT),
        "passed",
    )
    arena.heal()


def test_it_cannot_be_slowed_down(arena: Arena) -> None:
    """A zygote pinned to one processor, or idle only, would be slow for every later job."""
    arena.strike(
        """
        machine = os.uname().machine
        ioprio_set = {"x86_64": 251, "aarch64": 30}[machine]
        for act in (
            lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
            lambda: os.setpriority(os.PRIO_PGRP, os.getpgid(1), 19),
            lambda: os.setpriority(os.PRIO_USER, 0, 19),
            lambda: os.sched_setaffinity(1, {0}),
            lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)),
            lambda: ctypes.CDLL(None).syscall(ioprio_set, 1, 1, 3 << 13),
            lambda: open("/proc/1/oom_score_adj", "w").write("1000"),
            lambda: open("/proc/1/autogroup", "w").write("19"),
            lambda: open("/proc/1/timerslack_ns", "w").write("100000000"),
        ):
            try:
                act()
            except OSError:
                pass
        return x + 1
        """,
        "passed",
    )
    arena.heal()


READS = """
import json, os
opened = []
for path in ("environ", "mem", "maps", "smaps", "fd", "fdinfo", "root/", "cwd/", "exe", "stack", "syscall", "io", "auxv",
             "map_files", "pagemap", "clear_refs", "task/1/mem", "task/1/environ"):
    whole = f"/proc/{target}/{path}"
    try:
        if os.path.isdir(whole):
            os.listdir(whole)
        else:
            os.close(os.open(whole, os.O_RDONLY))
        opened.append(path)
    except OSError:
        pass
print(json.dumps(opened))
"""


def test_its_memory_environment_and_files_cannot_be_read(arena: Arena) -> None:
    read = json.loads(arena.judge("target = 1\n" + READS, mode="script").script.stdout)  # type: ignore[union-attr]
    assert read == []
    arena.heal()


def test_without_protection_they_could() -> None:
    """The control of the test above: an ordinary process gives all of that away to its own uid."""
    namespace = {"target": os.getpid(), "print": lambda text: found.extend(json.loads(text))}
    found: list[str] = []
    exec(READS.replace('"clear_refs", ', ""), namespace)
    assert {"environ", "mem", "maps", "fd", "root/", "cwd/", "exe"} <= set(found)


def test_bytes_read_back_from_ones_own_pipes(arena: Arena) -> None:
    """/proc/self/fd reopens a pipe for reading where the uid is the zygote's: what the relay has counted is gone when it
    fetches it. A relay that waited for it hung for ever."""
    verdict = arena.judge(
        answer_that_attacks(
            """
            import threading
            def steal(fd):
                try:
                    own = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_NONBLOCK)
                except OSError:
                    return
                while True:
                    try:
                        os.read(own, 65536)
                    except OSError:
                        pass
            for fd in (1, 2, 4):
                threading.Thread(target=steal, args=(fd,)).start()
            while True:
                os.write(1, b"x" * 7)
                os.write(4, bytes([18, 0, 0, 0, 9]) + b"123456789")
            """,
            "second",
        )
    )
    # Its frames answer for later cases as well; they are judged by what they say.
    assert verdict.cases[0].outcome == "passed"
    assert verdict.cases[1].outcome != "passed"
    arena.heal()


def _indented(text: str) -> str:
    return text.replace("\n", "\n        ")
