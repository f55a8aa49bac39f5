"""Processes that multiply, hide, refuse to die, or stand still. Run in pid namespaces only: never on a bare host."""

from __future__ import annotations

import errno
import json

from tests.attacks.arena import Arena

USERS_TOO = True


def test_a_fork_bomb_ends_with_its_job(arena: Arena) -> None:
    """Without the end of all after a job: test_controls.py. The number is held by RLIMIT_NPROC, in docker by the cgroup too."""
    arena.strike(
        """
        while True:
            try:
                os.fork()
            except OSError:
                pass
        """,
        "timed_out",
    )
    arena.heal()


def test_no_more_tasks_than_the_question_allows(arena: Arena) -> None:
    """Eight processes of up to six threads each. The kernel counts both alike, and threads are made faster."""
    case = arena.strike(
        """
        import threading
        threading.stack_size(1 << 16)
        started = 0
        try:
            while started < 500:
                threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
                started += 1
        except RuntimeError:
            pass
        try:
            os.fork()
        except OSError as error:
            print(started, error.errno)
        os._exit(1)
        """,
        "crashed",
    )
    assert case.output is not None
    assert case.output.split() == [str(8 * 6 - 1), str(errno.EAGAIN)]
    arena.heal()


def test_a_bomb_that_answers_first_leaves_nothing(arena: Arena) -> None:
    arena.strike(
        """
        if os.fork() == 0:
            while True:
                try:
                    os.fork()
                except OSError:
                    pass
        return x + 1
        """,
        "passed",
    )
    arena.heal()


def test_a_daemon_that_ignores_every_signal_dies(arena: Arena) -> None:
    """Double fork, sessions of its own, all signals ignored and blocked: nothing but process 1 finds it."""
    arena.strike(
        """
        for _ in range(5):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.setsid()
                    for number in range(1, 65):
                        try:
                            signal.signal(number, signal.SIG_IGN)
                        except (OSError, ValueError):
                            pass
                    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
                    for fd in range(3):
                        os.close(fd)
                    while True:
                        time.sleep(1)
                os._exit(0)
            os.wait()
        return x + 1
        """,
        "passed",
    )
    arena.heal()


def test_zombies_are_reaped(arena: Arena) -> None:
    arena.strike(
        """
        for _ in range(9):
            if os.fork() == 0:
                os._exit(0)
        return x + 1
        """,
        "passed",
    )
    arena.heal()


def test_a_storm_of_orphans_does_not_hold_up_the_clock(arena: Arena) -> None:
    """Each orphan's end wakes process 1, which has to reap it and still look at the time."""
    case = arena.strike(
        """
        for _ in range(4):
            if os.fork() == 0:
                break
        while True:
            if os.fork() == 0:
                if os.fork() == 0:
                    os._exit(0)
                os._exit(0)
            os.wait()
        """,
        "timed_out",
    )
    assert case.seconds < 2
    arena.heal()


def test_a_process_that_stops_itself_runs_out_of_time(arena: Arena) -> None:
    arena.strike("os.kill(os.getpid(), signal.SIGSTOP)", "timed_out")
    arena.heal()


def test_stopped_children_die_too(arena: Arena) -> None:
    arena.strike(
        """
        for _ in range(5):
            if os.fork() == 0:
                os.kill(os.getpid(), signal.SIGSTOP)
        return x + 1
        """,
        "passed",
    )
    arena.heal()


def test_threads_without_end_are_held_and_die(arena: Arena) -> None:
    arena.strike(
        """
        import threading
        def burn():
            while True:
                pass
        try:
            while True:
                threading.Thread(target=burn, daemon=True).start()
        except RuntimeError:
            time.sleep(9)
        """,
        "timed_out",
    )
    arena.heal()


def test_a_child_that_outlives_its_parent_cannot_answer_for_it(arena: Arena) -> None:
    case = arena.strike(
        """
        if os.fork():
            os._exit(0)
        time.sleep(0.3)
        return x + 1
        """,
        "crashed",
    )
    assert "status 0" in case.message
    arena.heal()


def test_a_clone_that_announces_its_end_to_nobody_is_reaped(arena: Arena) -> None:
    """clone() without an exit signal makes children that a plain wait does not see."""
    case = arena.strike(
        """
        clone = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
        made = 0
        for _ in range(5):
            pid = ctypes.CDLL(None, use_errno=True).syscall(clone, 0, 0, 0, 0, 0)
            if pid == 0:
                os.setsid()
                while True:
                    time.sleep(1)
            made += pid > 0
        print(json.dumps(made))
        return x + 1
        """,
        "passed",
    )
    assert case.output is not None
    assert json.loads(case.output) == 5
    arena.heal()


def test_killing_ones_own_group_ends_only_the_case(arena: Arena) -> None:
    case = arena.strike("os.kill(0, signal.SIGKILL)", "crashed")
    assert "SIGKILL" in case.message
    arena.heal()
