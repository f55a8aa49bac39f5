"""Which files a child may still reach, where no container or namespace says so.

Landlock takes rights away from the process that calls it, without root: for a process slot it is
all that stands between a candidate's code and a person's home. It also hides the memory of every
process outside (/proc/<pid>/mem, ptrace) and, since Linux 6.12, keeps signals and abstract sockets
inside. Not taken away: connecting to a socket that has a name in the file system.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = (1 << bit for bit in range(4))
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_READ = _EXECUTE | _READ_FILE | _READ_DIR
# Everything that makes, removes or changes something, devices and what newer kernels know apart.
_FIRST_VERSION = (1 << 13) - 1
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_SCOPE_ABSTRACT_SOCKETS, _SCOPE_SIGNALS = 1, 2

# What a Python with torch reads of a Linux system beside itself.
_SYSTEM = (
    *("/usr", "/lib", "/lib64", "/bin", "/sbin", "/proc", "/sys/devices/system", "/sys/fs/cgroup"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives"),
    *("/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/localtime", "/etc/mime.types"),
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")


def version() -> int:
    """The kernel's version of Landlock; 0 where it has none, or it is switched off."""
    return max(0, _call(_CREATE_RULESET, None, 0, _ASK_VERSION))


def confine(writable: Iterable[str], readable: Iterable[str] = ()) -> int:
    """Leave this process and all it will start nothing but Python, the system's own files to read,
    `readable` too, and `writable` to change. Needs no_new_privs. What is not there is left out.

    Returns the version of Landlock that does it; 0, and nothing changes, where there is none.
    Raises OSError where the kernel has it but refuses.
    """
    known = version()
    if known == 0:
        return 0
    handled = _FIRST_VERSION | (_REFER if known > 1 else 0) | (_TRUNCATE if known > 2 else 0)
    scoped = _SCOPE_ABSTRACT_SOCKETS | _SCOPE_SIGNALS if known > 5 else 0
    attributes = struct.pack("<QQQ", handled, 0, scoped)
    size = 24 if known > 5 else 8
    rules = _checked(_call(_CREATE_RULESET, ctypes.c_char_p(attributes), size, 0))
    try:
        for path in dict.fromkeys((*_SYSTEM, *_own_places(), *readable)):
            _allow(rules, path, _READ)
        for path in _DEVICES:
            _allow(rules, path, _READ | _WRITE_FILE)
        for path in writable:
            _allow(rules, path, handled)
        _checked(_call(_RESTRICT_SELF, rules, 0))
    finally:
        os.close(rules)
    return known


def _own_places() -> list[str]:
    """Where this Python, its packages and our runner lie; not all of sys.path, on which may be the
    folder above the runner, where questions keep their answers."""
    packages = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    return [sys.prefix, sys.base_prefix, *packages, str(Path(__file__).resolve().parents[1])]


def _allow(rules: int, path: str, rights: int) -> None:
    place = -1
    with contextlib.suppress(FileNotFoundError, PermissionError):
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    if place < 0:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_A_FILE
        rule = ctypes.c_char_p(struct.pack("<Qi", rights, place))
        _checked(_call(_ADD_RULE, rules, _PATH_BENEATH, rule, 0))
    finally:
        os.close(place)


def _call(number: int, *arguments: object) -> int:
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    return int(ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *words))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"landlock: {os.strerror(number)}")
    return result
