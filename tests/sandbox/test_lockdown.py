"""What a locked-down child can no longer do, each shown to be possible without the lock."""

from __future__ import annotations

import ctypes
import dataclasses
import errno
import mmap
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.image import lockdown
from sandbox.image.denied import (
    CLONE_PARENT,
    CLONE_THREAD,
    DENIED,
    DENIED_TO_THREADS_ONLY,
    NEWEST_KNOWN,
    PERSONALITY_QUERY,
    PR_SET_DUMPABLE,
    Check,
    Denial,
)
from tests.sandbox.forked import CANDIDATE_UID, in_child, status_field
from tests.sandbox.system_calls import (
    ALLOW,
    ARCHITECTURES,
    ERRNO,
    MACHINE,
    call,
    number_of,
    verdict,
)

ALWAYS = [denial for denial in DENIED if denial.when is None and denial.number(MACHINE) is not None]
SOMETIMES = [denial for denial in DENIED if denial.when is not None]
# An errno that no system call in the table gives by itself.
MARK = errno.ERFKILL
SIGNALS = {"kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open"}


def locked() -> None:
    lockdown.not_dumpable()
    lockdown.no_new_privs()
    lockdown.install_filter()


def locked_to_threads() -> None:
    lockdown.no_new_privs()
    lockdown.install_filter(threads_only=True)


def name_of(denial: Denial) -> str:
    return denial.name


# --- the table -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("machine", "header"),
    [
        ("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
        ("aarch64", "/usr/include/asm-generic/unistd.h"),
    ],
)
def test_numbers_are_those_of_the_kernels_own_headers(machine: str, header: str) -> None:
    if not Path(header).exists():
        pytest.skip(f"no kernel headers here: {header}")
    lines = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", Path(header).read_text())
    numbers = {name: int(number) for name, number in lines}
    for denial in (*DENIED, *DENIED_TO_THREADS_ONLY):
        if denial.name in numbers:
            assert denial.number(machine) == numbers[denial.name], denial.name


def test_each_entry_says_why() -> None:
    for denial in (*DENIED, *DENIED_TO_THREADS_ONLY):
        assert len(denial.why) > 20, denial.name


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_of_either_machine_refuses_all_of_the_table(machine: str) -> None:
    program = lockdown.build_filter(False, (), machine)
    here = ARCHITECTURES[machine]
    for denial in DENIED:
        number = denial.number(machine)
        if number is None:
            continue
        refused, allowed = _examples(denial)
        for arguments in refused:
            assert verdict(program, here, number, arguments) == ERRNO | denial.errno, denial
        for arguments in allowed:
            assert verdict(program, here, number, arguments) == ALLOW, denial


def _examples(denial: Denial) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Arguments that the denial catches, and some that nothing catches."""
    if denial.when is None:
        return [()], []
    before = (0,) * denial.when.index
    values = denial.when.values
    high = 0x7FFF_FFFF_0000_0000  # the kernel does not look at the upper half: nor may it save
    if denial.when.check is Check.IS_NONE_OF:
        refused = [max(values) ^ 0x55, high | (max(values) ^ 0x55)]
        allowed = [*values, *(high | value for value in values)]
    elif denial.when.check is Check.IS_ONE_OF:
        refused = [*values, *(high | value for value in values)]
        allowed = [0x77, 1]
    else:
        bits = [1 << bit for bit in range(32) if values[0] >> bit & 1]
        refused = [*bits, *(high | bit for bit in bits), values[0] | signal.SIGCHLD]
        allowed = [signal.SIGCHLD, CLONE_THREAD]
    return [(*before, word) for word in refused], [(*before, word) for word in allowed]


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_another_abi_and_calls_of_the_future_do_not_exist(machine: str) -> None:
    program = lockdown.build_filter(False, (), machine)
    here = ARCHITECTURES[machine]
    assert verdict(program, 0x40000003, 20) == ERRNO | errno.ENOSYS  # i386 on the same processor
    assert verdict(program, here, 0x40000000) == ERRNO | errno.ENOSYS  # read, as x32 calls it
    assert verdict(program, here, NEWEST_KNOWN + 1) == ERRNO | errno.ENOSYS
    assert verdict(program, here, NEWEST_KNOWN) == ALLOW


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_threads_only_keeps_threads(machine: str) -> None:
    program = lockdown.build_filter(True, (), machine)
    here = ARCHITECTURES[machine]
    clone = {"x86_64": 56, "aarch64": 220}[machine]
    thread = 0x3D0F00  # the flags with which glibc makes a thread
    assert verdict(program, here, clone, (thread,)) == ALLOW
    assert verdict(program, here, clone, (signal.SIGCHLD,)) == ERRNO | errno.EPERM
    assert verdict(program, here, clone, (0x4111,)) == ERRNO | errno.EPERM  # vfork, by clone
    for denial in DENIED_TO_THREADS_ONLY:
        number = denial.number(machine)
        if number is not None:
            assert verdict(program, here, number) == ERRNO | errno.EPERM, denial.name


def test_untouchable_processes_cannot_be_named_by_any_call_that_signals() -> None:
    program = lockdown.build_filter(False, (4321,), MACHINE)
    here = ARCHITECTURES[MACHINE]
    numbers = {
        name: int(number)
        for name, number in {
            "kill": {"x86_64": 62, "aarch64": 129}[MACHINE],
            "tgkill": {"x86_64": 234, "aarch64": 131}[MACHINE],
            "pidfd_open": 434,
        }.items()
    }
    assert set(numbers) <= SIGNALS
    for number in numbers.values():
        assert verdict(program, here, number, (4321,)) == ERRNO | errno.EPERM
        assert verdict(program, here, number, (-4321,)) == ERRNO | errno.EPERM
        assert verdict(program, here, number, (4322,)) == ALLOW


# --- the kernel's answer ---------------------------------------------------------------------


@pytest.fixture
def marked_filter(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The same filter, answering an errno that the kernel would never give by itself."""
    marked = tuple(dataclasses.replace(denial, errno=MARK) for denial in DENIED)
    monkeypatch.setattr(lockdown, "DENIED", marked)

    def lock() -> None:
        lockdown.no_new_privs()
        lockdown.install_filter()

    return lock


# All zeros is harmless to every call in the table, but one: it would leave a queue behind.
HARMLESS = {"msgget": (0x70726F6F, 0)}


def test_what_refuses_a_call_is_the_filter(marked_filter: Callable[[], None]) -> None:
    def answers() -> dict[str, int]:
        return {d.name: call(number_of(d), *HARMLESS.get(d.name, ())) for d in ALWAYS}

    unprotected = in_child(answers)
    protected = in_child(answers, marked_filter)
    assert {name for name, code in protected.items() if code != -MARK} == set()
    assert -MARK not in unprotected.values()


def test_each_call_is_refused_with_the_errno_of_the_table() -> None:
    def answers() -> dict[str, int]:
        return {d.name: call(number_of(d), *HARMLESS.get(d.name, ())) for d in ALWAYS}

    expected = {denial.name: -denial.errno for denial in ALWAYS}
    assert in_child(answers, locked) == expected


def tried(act: Callable[[], Any]) -> Callable[[], str]:
    """'done', or the name of the errno with which the act failed."""

    def attempt() -> str:
        try:
            result = act()
        except OSError as error:
            return errno.errorcode.get(error.errno or 0, "?")
        if isinstance(result, int) and result < 0:
            return errno.errorcode[-result]
        return "done"

    return attempt


def by_name(name: str, *arguments: int) -> Callable[[], int]:
    number = next(number_of(d) for d in (*DENIED, *DENIED_TO_THREADS_ONLY) if d.name == name)
    return lambda: call(number, *arguments)


def a_sibling() -> int:
    """A process of the same uid that waits to be tampered with, until its parent ends."""
    pid = os.fork()
    if pid == 0:
        lockdown.parent_death_signal()
        time.sleep(30)
        os._exit(0)
    return pid


def read_a_siblings_memory() -> int:
    text = ctypes.create_string_buffer(b"what the sibling knows")
    pid = a_sibling()
    into = ctypes.create_string_buffer(len(text))
    local = (ctypes.c_size_t * 2)(ctypes.addressof(into), len(into))
    remote = (ctypes.c_size_t * 2)(ctypes.addressof(text), len(text))
    arguments = (pid, ctypes.addressof(local), 1, ctypes.addressof(remote), 1)
    try:
        return by_name("process_vm_readv", *arguments)()
    finally:
        os.kill(pid, signal.SIGKILL)


def attach_to_a_sibling() -> int:
    pid = a_sibling()
    attach = 16
    try:
        return by_name("ptrace", attach, pid)()
    finally:
        os.kill(pid, signal.SIGKILL)


def limit_a_sibling() -> None:
    pid = a_sibling()
    try:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, 3))
    finally:
        os.kill(pid, signal.SIGKILL)


def enter_new_user_namespace() -> int:
    return by_name("unshare", 0x10000000)()


def clone_with(flags: int) -> Callable[[], int]:
    def act() -> int:
        pid = by_name("clone", flags | signal.SIGCHLD)()
        if pid == 0:
            os._exit(0)
        return pid

    return act


def make_system_v_memory() -> int:
    key = by_name("shmget", 0, 4096, 0o600)()
    if key >= 0:
        by_name("shmctl", key, 0)()
    return key


def make_system_v_queue() -> int:
    key = by_name("msgget", 0, 0o600)()
    if key >= 0:
        by_name("msgctl", key, 0)()
    return key


def stop_address_randomisation() -> int:
    return by_name("personality", 0x0040000)()


def int_80() -> int:
    """getpid by the 32-bit door of a 64-bit process."""
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(bytes.fromhex("b814000000 cd80 c3"))
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    return int(ctypes.CFUNCTYPE(ctypes.c_int)(address)())


ATTEMPTS: dict[str, tuple[Callable[[], Any], str]] = {
    "TCP": (lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM), "EACCES"),
    "UDP": (lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM), "EACCES"),
    "netlink": (lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW), "EACCES"),
    "vsock": (lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM), "EACCES"),
    "user namespace": (enter_new_user_namespace, "EPERM"),
    "user namespace by clone": (clone_with(0x10000000), "EPERM"),
    "a child of the parent": (clone_with(CLONE_PARENT), "EPERM"),
    "a sibling's memory": (read_a_siblings_memory, "EPERM"),
    "ptrace": (attach_to_a_sibling, "EPERM"),
    "a sibling's limits": (limit_a_sibling, "EPERM"),
    "io_uring": (lambda: by_name("io_uring_setup", 1, _io_uring_parameters())(), "EPERM"),
    "keyring": (lambda: by_name("keyctl", 0, -3 & 0xFFFFFFFF, 1)(), "EPERM"),
    "System V memory": (make_system_v_memory, "EPERM"),
    "System V queue": (make_system_v_queue, "EPERM"),
    "memory in no file system": (lambda: os.memfd_create("hidden"), "EPERM"),
    "address randomisation": (stop_address_randomisation, "EPERM"),
    "own peak memory": (lambda: Path("/proc/self/clear_refs").write_text("5"), "EACCES"),
    "own environment": (lambda: Path("/proc/self/environ").read_bytes(), "EACCES"),
    "everybody": (lambda: os.kill(-1, 0), "EPERM"),
}


def _io_uring_parameters() -> int:
    global _parameters
    _parameters = ctypes.create_string_buffer(120)
    return ctypes.addressof(_parameters)


@pytest.mark.parametrize("name", ATTEMPTS)
def test_an_attempt_that_works_unprotected_is_refused(name: str) -> None:
    act, code = ATTEMPTS[name]
    assert in_child(tried(act)) == "done"
    assert in_child(tried(act), locked) == code


def test_a_process_cannot_become_dumpable_again() -> None:
    def act() -> int:
        return int(lockdown._libc().prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))

    assert in_child(act) == 0
    assert in_child(act, locked) == -1


@pytest.mark.skipif(MACHINE != "x86_64", reason="int 0x80 is an instruction of x86")
def test_the_32_bit_door_is_shut() -> None:
    assert in_child(lambda: int_80() == os.getpid())
    assert in_child(int_80, locked) == -errno.ENOSYS


def test_what_candidates_need_stays_allowed() -> None:
    def act() -> list[Any]:
        left, right = socket.socketpair()
        left.sendall(b"over a socket pair")
        seen: list[str] = [right.recv(99).decode(), socket.socket(socket.AF_UNIX).family.name]
        thread = threading.Thread(target=seen.append, args=("in a thread",))
        thread.start()
        thread.join()
        child = os.fork()
        if child == 0:
            os._exit(7)
        seen.append(f"a process, status {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}")
        assert by_name("personality", PERSONALITY_QUERY)() >= 0
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        return seen

    assert in_child(act, locked) == [
        "over a socket pair",
        "AF_UNIX",
        "in a thread",
        "a process, status 7",
    ]


def test_a_refusal_reaches_the_candidate_as_an_exception_they_can_read() -> None:
    def act() -> str:
        try:
            socket.create_connection(("127.0.0.1", 9))
        except OSError as error:
            return f"{type(error).__name__}: {error}"
        return "connected"

    assert in_child(act, locked) == "PermissionError: [Errno 13] Permission denied"


def test_no_other_program_can_be_started() -> None:
    """One would own its /proc files: its pipes, and its place before the out-of-memory killer."""

    def act() -> str:
        try:
            return subprocess.run(["/bin/echo", "a program"], stdout=-1, text=True).stdout.strip()
        except PermissionError as error:
            return errno.errorcode[error.errno or 0]

    assert in_child(act) == "a program"
    assert in_child(act, locked) == "EPERM"


def test_a_process_that_was_forked_stays_under_the_filter() -> None:
    def act() -> str:
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.write(writer, str(tried(lambda: socket.socket(socket.AF_INET))()).encode())
            os._exit(0)
        os.wait()
        return os.read(reader, 999).decode()

    assert "EACCES" not in in_child(act)
    assert in_child(act) != in_child(act, locked)


def test_a_thread_that_runs_already_is_put_under_the_filter_too() -> None:
    def act() -> list[str]:
        go, seen = threading.Event(), list[str]()

        def run() -> None:
            go.wait()
            seen.append(tried(lambda: socket.socket(socket.AF_INET))())
            seen.append(status_field("NoNewPrivs", f"self/task/{threading.get_native_id()}"))

        thread = threading.Thread(target=run)
        thread.start()
        locked()
        go.set()
        thread.join()
        return seen

    assert in_child(act) == ["EACCES", "1"]


# --- threads only ----------------------------------------------------------------------------


def start_a_thread() -> None:
    thread = threading.Thread(target=time.monotonic)
    thread.start()
    thread.join()


def fork_and_reap() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


@pytest.mark.parametrize(
    ("act", "answer"),
    [
        (fork_and_reap, "EPERM"),
        (lambda: subprocess.run(["/bin/true"]), "EPERM"),
        (lambda: os.posix_spawn("/bin/true", ["true"], {}), "EPERM"),
        (lambda: os.execv("/bin/true", ["true"]), "EPERM"),
        (start_a_thread, "done"),
    ],
    ids=["fork", "subprocess", "posix_spawn", "execv", "thread"],
)
def test_threads_only(act: Callable[[], Any], answer: str) -> None:
    assert in_child(tried(act), locked_to_threads) == answer


def test_the_stricter_filter_can_be_added_later() -> None:
    def act() -> list[str]:
        before = tried(fork_and_reap)()
        lockdown.install_filter(threads_only=True)
        return [before, tried(fork_and_reap)(), tried(start_a_thread)()]

    assert in_child(act, locked) == ["done", "EPERM", "done"]


# --- the rest of the lock --------------------------------------------------------------------


def test_no_new_privs_is_set_and_nothing_else_is_asked_of_the_caller() -> None:
    assert in_child(lambda: status_field("NoNewPrivs")) == "0"
    assert in_child(lambda: status_field("NoNewPrivs"), lockdown.no_new_privs) == "1"
    assert in_child(lambda: status_field("Seccomp"), locked) == "2"


def test_an_unprivileged_filter_without_no_new_privs_is_our_error() -> None:
    with pytest.raises(AssertionError, match="Permission denied"):
        in_child(lockdown.install_filter)


def test_a_child_dies_with_its_parent() -> None:
    def alive_after_parent(*before: Callable[[], None]) -> bool:
        reader, writer = os.pipe()
        parent = os.fork()
        if parent == 0:
            if os.fork() == 0:
                for step in before:
                    step()
                os.write(writer, b"ready")
                time.sleep(0.5)
                os.write(writer, b"survived")
                os._exit(0)
            os.read(reader, 5)
            os._exit(0)
        os.close(writer)
        os.waitpid(parent, 0)
        with os.fdopen(reader, "rb") as pipe:
            return pipe.read().endswith(b"survived")

    assert in_child(alive_after_parent) is True
    assert in_child(lambda: alive_after_parent(lockdown.parent_death_signal)) is False


def test_a_child_whose_parent_has_died_already_does_not_live_on() -> None:
    def act() -> int:
        pid = os.fork()
        if pid == 0:
            lockdown.parent_death_signal(parent=os.getpid())  # anybody but its parent
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    assert in_child(act) == -signal.SIGKILL


def test_a_subreaper_inherits_orphans() -> None:
    def inherits() -> bool:
        reader, writer = os.pipe()
        middle = os.fork()
        if middle == 0:
            middle = os.getpid()
            if os.fork() == 0:
                while os.getppid() == middle:
                    time.sleep(0.001)
                os.write(writer, str(os.getppid()).encode())
            os._exit(0)
        os.waitpid(middle, 0)
        return int(os.read(reader, 20)) == os.getpid()

    assert in_child(inherits) is False
    assert in_child(inherits, lockdown.child_subreaper) is True


def test_memory_beyond_the_growth_is_a_memory_error() -> None:
    def grow(megabytes: int) -> str:
        try:
            return f"{len(bytearray(megabytes * 2**20)) >> 20}"
        except MemoryError:
            return "MemoryError"

    def limits() -> None:
        lockdown.set_limits(memory_growth_mb=100, processes=8, disk_mb=1)

    def free() -> None:
        lockdown.set_limits(memory_growth_mb=None, processes=8, disk_mb=1)

    assert in_child(lambda: grow(60), limits) == "60"
    assert in_child(lambda: grow(160), limits) == "MemoryError"
    assert in_child(lambda: grow(160), free) == "160"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become a user of its own")
def test_processes_are_counted() -> None:
    allowed = 2 * lockdown.TASKS_PER_PROCESS - 1

    def forks() -> int:
        made = 0
        try:
            while made < 3 * allowed:
                pid = os.fork()
                if pid == 0:
                    lockdown.parent_death_signal()
                    time.sleep(10)
                    os._exit(0)
                made += 1
        except BlockingIOError:
            pass
        return made

    def limits() -> None:
        lockdown.set_limits(memory_growth_mb=None, processes=2, disk_mb=1)

    # A uid for each: the dead count until somebody reaps them.
    assert in_child(forks, limits, uid=CANDIDATE_UID + 1) == allowed
    assert in_child(forks, uid=CANDIDATE_UID + 2) == 3 * allowed


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become a user of its own")
def test_what_runs_already_under_a_shared_uid_does_not_count() -> None:
    def forks() -> int:
        for _ in range(30):  # a person's own programs
            a_sibling()
        zygote = os.fork()
        if zygote == 0:
            lockdown.set_limits(memory_growth_mb=None, processes=1, disk_mb=1)
            made = 0
            try:
                while made < 30:
                    a_sibling()
                    made += 1
            finally:
                os._exit(made)
        return os.waitstatus_to_exitcode(os.waitpid(zygote, 0)[1])

    assert in_child(forks, uid=CANDIDATE_UID + 4) == lockdown.TASKS_PER_PROCESS - 1


def test_no_set_of_capabilities_keeps_any() -> None:
    sets = ("CapInh", "CapPrm", "CapEff", "CapAmb")

    def held() -> list[int]:
        return [int(status_field(name), 16) for name in sets]

    def inheritable() -> None:
        words = struct.pack("<6I", 0, 0xE0, 0xE0, 0, 0, 0)
        head = struct.pack("<Ii", 0x20080522, 0)
        assert ctypes.CDLL(None).capset(ctypes.c_char_p(head), ctypes.c_char_p(words)) == 0

    if os.geteuid() != 0:
        pytest.skip("only root has capabilities to lose")
    assert in_child(held, inheritable, uid=0) == [0xE0, 0xE0, 0, 0]
    assert in_child(held, inheritable, lockdown.drop_capabilities, uid=0) == [0, 0, 0, 0]


def test_a_file_beyond_the_limit_is_an_error_of_the_writer(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o011)

    def write(size: int) -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as Python itself does at its start
        return tried(lambda: (tmp_path / str(size)).write_bytes(bytes(size)) and None)()

    def limits() -> None:
        lockdown.set_limits(memory_growth_mb=None, processes=8, disk_mb=1)

    assert in_child(lambda: write(2**20), limits) == "done"
    assert in_child(lambda: write(2**20 + 1), limits) == "EFBIG"
    assert in_child(lambda: write(2**20 + 1)) == "done"


def test_limits_hold_and_cannot_be_raised() -> None:
    names = ["CORE", "MEMLOCK", "MSGQUEUE", "NICE", "RTPRIO", "NOFILE", "FSIZE", "AS"]

    def act() -> dict[str, Any]:
        answer: dict[str, Any] = {}
        for name in names:
            which = getattr(resource, f"RLIMIT_{name}")
            soft, hard = resource.getrlimit(which)
            assert soft == hard
            try:
                resource.setrlimit(which, (soft, hard + 1))
            except ValueError:
                answer[name] = soft
        return answer

    def limits() -> None:
        lockdown.set_limits(memory_growth_mb=64, processes=8, disk_mb=3, open_files=50)

    answer = in_child(act, limits)
    assert list(answer) == names
    assert answer["AS"] > 64 * 2**20
    del answer["AS"]
    assert answer == dict.fromkeys(names[:5], 0) | {"NOFILE": 50, "FSIZE": 3 * 2**20}


# --- torch -----------------------------------------------------------------------------------


def test_torch_works_under_all_of_it() -> None:
    program = Path(__file__).with_name("torch_under_lock.py")
    answer = subprocess.run(
        [sys.executable, str(program)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert answer.stdout.splitlines() == [
        "matmul: as before",
        "convolution: as before",
        "backward: as before",
        "threads: as before",
        "DataLoader: as before",
        "network: PermissionError",
        "threads only: as before, PermissionError",
        "four threads in one process: as before",
        *(["four threads with room for none: ended by libgomp"] if os.geteuid() == 0 else []),
    ], answer.stderr
