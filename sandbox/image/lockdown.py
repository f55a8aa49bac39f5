"""What a freshly forked child does to itself before a candidate's code comes near it.

Standard library and ctypes only, for x86_64 and aarch64. The process that called one of these
cannot take it back. Order matters:
  1. `drop_capabilities`, `parent_death_signal` and `not_dumpable` AFTER the uid has changed: before
     that the first would be in the way, and the kernel undoes the other two;
  2. `set_limits`;
  3. `no_new_privs`, without which an ordinary user may not install a filter;
  4. `install_filter`, last: from then on `not_dumpable` and `child_subreaper` are refused too.

A spare child learns only later that its question counts memory per process. It then calls
`install_filter(threads_only=True)` as well: filters stack, and the stricter answer wins.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import resource
import signal
import struct
from collections.abc import Iterable
from pathlib import Path

from sandbox.image.denied import (
    DENIED,
    DENIED_TO_THREADS_ONLY,
    NEWEST_KNOWN,
    PR_SET_CHILD_SUBREAPER,
    PR_SET_DUMPABLE,
    Argument,
    Check,
    Denial,
    signals_to,
)

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

SECCOMP_SET_MODE_FILTER = 1
SECCOMP_FILTER_FLAG_TSYNC = 1

# Questions count processes, RLIMIT_NPROC counts threads too. Measured: a DataLoader with W workers
# needs 6 W + 2 of them, and with fewer it does not fail, it hangs.
TASKS_PER_PROCESS = 6

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# struct seccomp_data: int nr; u32 arch; u64 instruction_pointer; u64 args[6]. Both machines are
# little-endian, so an argument's low half comes first.
_AT_NUMBER = 0
_AT_ARCHITECTURE = 4
_AT_ARGUMENTS = 16

_LOAD = 0x20
_IF_EQUAL = 0x15
_IF_GREATER = 0x25
_IF_ANY_BIT = 0x45
_RETURN = 0x06
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000


def no_new_privs() -> None:
    """No program started from now on gains rights from its file: set-uid bits are void."""
    _prctl(PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """Empty every set of capabilities: a change of uid leaves the inheritable one as it was."""
    version_3 = 0x20080522
    head = struct.pack("<Ii", version_3, 0)
    if _libc().capset(ctypes.c_char_p(head), ctypes.c_char_p(bytes(24))) != 0:
        raise _failure("capset")
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)


def dumpable() -> None:
    """Own our /proc files again, until `not_dumpable`: a fork of who gave them up has not."""
    _prctl(PR_SET_DUMPABLE, 1)


def not_dumpable() -> None:
    """Give our /proc files to root: our uid cannot read our memory, nor we reset our peak."""
    _prctl(PR_SET_DUMPABLE, 0)


def parent_death_signal(parent: int | None = None) -> None:
    """Die when the thread that forked us dies; given `parent`, also if it is dead already."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def child_subreaper() -> None:
    """Become the parent of every orphaned descendant: for a zygote that is not process 1."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def set_limits(
    memory_growth_mb: int | None,
    processes: int,
    disk_mb: int,
    open_files: int = 256,
) -> None:
    """Set limits for this process and each one it starts, hard as well as soft, so they stay.

    memory_growth_mb: address space beyond what this process has now; None on a GPU, where drivers
        map far more than they use.
    processes: how many processes beside those that the uid has already, where it is also the
        zygote's own; `TASKS_PER_PROCESS` threads each. Never holds the superuser.
    disk_mb: the largest single file; all files together are held by the size of /tmp.
    """
    if memory_growth_mb is not None:
        _limit(resource.RLIMIT_AS, _address_space() + memory_growth_mb * 2**20)
    _limit(resource.RLIMIT_NPROC, processes * TASKS_PER_PROCESS + _tasks_beside_ours())
    _limit(resource.RLIMIT_FSIZE, disk_mb * 2**20)
    _limit(resource.RLIMIT_NOFILE, open_files)
    for nothing in (
        resource.RLIMIT_CORE,
        resource.RLIMIT_MEMLOCK,
        resource.RLIMIT_MSGQUEUE,
        resource.RLIMIT_NICE,
        resource.RLIMIT_RTPRIO,
    ):
        _limit(nothing, 0)


def install_filter(threads_only: bool = False, untouchable: Iterable[int] = ()) -> None:
    """Refuse the calls of denied.py to this process, its threads and all it will ever start.

    threads_only: refuse further processes and programs too.
    untouchable: process ids that may not be signalled, nor the groups they lead; for slots without
        a uid or a pid namespace of their own.
    """
    machine = os.uname().machine
    program = build_filter(threads_only, untouchable, machine)
    text = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(text))
    call = {"x86_64": 317, "aarch64": 277}[machine]
    # TSYNC: a spare child may have threads by now, and a thread left out would be the way round.
    result = _libc().syscall(
        ctypes.c_long(call),
        ctypes.c_long(SECCOMP_SET_MODE_FILTER),
        ctypes.c_long(SECCOMP_FILTER_FLAG_TSYNC),
        ctypes.c_char_p(head),
    )
    if result < 0:
        raise _failure("seccomp")
    if result > 0:
        raise OSError(errno.EBUSY, f"thread {result} cannot be put under the filter")


def build_filter(threads_only: bool, untouchable: Iterable[int], machine: str) -> bytes:
    """The filter as the kernel takes it: eight bytes an instruction."""
    if machine not in _ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"there is no table of system calls for {machine}")
    denials = [*DENIED, *signals_to(untouchable)]
    if threads_only:
        denials += DENIED_TO_THREADS_ONLY
    by_number: dict[int, list[Denial]] = {}
    for denial in denials:
        number = denial.number(machine)
        if number is not None:
            by_number.setdefault(number, []).append(denial)

    program = [
        _step(_LOAD, _AT_ARCHITECTURE),
        # Another ABI (int 0x80 on x86_64) has other numbers, and none of what we offer needs it.
        _step(_IF_EQUAL, _ARCHITECTURES[machine], 1, 0),
        _refuse(errno.ENOSYS),
        _step(_LOAD, _AT_NUMBER),
        _step(_IF_GREATER, NEWEST_KNOWN, 0, 1),
        _refuse(errno.ENOSYS),
    ]
    for number, rules in by_number.items():
        body = _answers(rules)
        program += [_step(_IF_EQUAL, number, 0, len(body)), *body]
    program.append(_step(_RETURN, _ALLOW))
    return b"".join(program)


def _answers(rules: list[Denial]) -> list[bytes]:
    """What happens once the number is known: refusals in turn, else allowed."""
    body: list[bytes] = []
    for rule in rules:
        if rule.when is None:
            return [_refuse(rule.errno)]
        body += _condition(rule.when, rule.errno)
    return [*body, _step(_RETURN, _ALLOW)]


def _condition(when: Argument, code: int) -> list[bytes]:
    body = [_step(_LOAD, _AT_ARGUMENTS + 8 * when.index)]
    if when.check is Check.IS_ONE_OF:
        for value in when.values:
            body += [_step(_IF_EQUAL, value, 0, 1), _refuse(code)]
    elif when.check is Check.IS_NONE_OF:
        for left, value in zip(range(len(when.values), 0, -1), when.values, strict=True):
            body.append(_step(_IF_EQUAL, value, left, 0))
        body.append(_refuse(code))
    elif when.check is Check.HAS_A_BIT_OF:
        body += [_step(_IF_ANY_BIT, when.values[0], 0, 1), _refuse(code)]
    else:
        body += [_step(_IF_ANY_BIT, when.values[0], 1, 0), _refuse(code)]
    return body


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)


def _refuse(code: int) -> bytes:
    return _step(_RETURN, _ERRNO | code)


def _address_space() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _tasks_beside_ours() -> int:
    """Threads that count against RLIMIT_NPROC and are none of ours: those of a person at a desk."""
    uid = os.getuid()
    if _uid_of(os.getppid()) != uid:
        return 0
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return sum(_threads_of(pid) for pid in pids if pid != os.getpid() and _uid_of(pid) == uid)


def _uid_of(pid: int) -> int:
    return int(_status(pid, "Uid:"))


def _threads_of(pid: int) -> int:
    return int(_status(pid, "Threads:"))


def _status(pid: int, field: str) -> str:
    """The first word behind `field`; "-1" once the process is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(errors="replace")
    except OSError:
        return "-1"
    return text.partition(f"\n{field}")[2].split(maxsplit=1)[0]


def _limit(which: int, value: int) -> None:
    """Lower a limit. One that is lower already stays as it is: only root could raise it."""
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> None:
    zero = ctypes.c_ulong(0)
    if _libc().prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero) != 0:
        raise _failure(f"prctl {option}")


def _failure(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")
