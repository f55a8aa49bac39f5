"""Which layers of isolation hold, found out from a candidate's place by trying what each forbids.

Runs in the locked-down child instead of a candidate's code. Every attempt is chosen so that it does
no harm where the layer is missing: a call is made with arguments that the kernel would turn down,
and what counts is who turned it down.
"""

from __future__ import annotations

import ctypes
import errno
import os
import pwd
import re
import resource
import socket
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from sandbox.image.denied import DENIED, PERSONALITY_QUERY

Fact = tuple[bool, str]

PR_GET_DUMPABLE = 3
CLONE_FS = 0x200
CLONE_NEWUSER = 0x10000000
PTRACE_PEEKTEXT = 1
# Standard streams, then the player's own two pipes: what to play and what was observed.
WANTED_FDS = frozenset(range(5))
# What a driver opens for itself in a slot with an accelerator.
_DRIVER_FILES = ("/dev/nvidia", "anon_inode:", "/dev/dri", "/dev/dxg")
_SOCKETS = {
    "AF_INET": socket.SOCK_STREAM,
    "AF_INET6": socket.SOCK_DGRAM,
    "AF_NETLINK": socket.SOCK_RAW,
    "AF_VSOCK": socket.SOCK_STREAM,
    "AF_ALG": socket.SOCK_SEQPACKET,
}
_MEBIBYTE = 1 << 20
# More than this is no limit, but the machine.
_MOST_SCRATCH = 4096 * _MEBIBYTE
_MOST_TASKS = 2048
_ENVIRONMENT = frozenset(
    (
        *("HOME", "HOSTNAME", "LANG", "LC_CTYPE", "PATH", "PWD", "TERM", "TMPDIR"),
        *("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONUNBUFFERED", "OMP_NUM_THREADS"),
        "TORCHINDUCTOR_CACHE_DIR",  # set by torch itself
        *("CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES"),
    )
)
_HOLD_NO_FILES = frozenset(("proc", "devpts", "sysfs", "mqueue", "cgroup", "cgroup2"))
_DEVICES = frozenset(("null", "zero", "full", "random", "urandom", "tty", "console", "ptmx"))


def probe_layers() -> dict[str, dict[str, object]]:
    """Every layer by its name: {"holds": bool, "detail": one sentence or figure}."""
    return {name: _fact(probe) for name, probe in _PROBES.items()}


def _fact(probe: Callable[[], Fact]) -> dict[str, object]:
    try:
        holds, detail = probe()
    except Exception as error:  # what cannot be tried is not known to hold
        holds, detail = False, f"could not be tried: {type(error).__name__}: {error}"
    return {"holds": holds, "detail": detail}


def _own_uid() -> Fact:
    uids = set(os.getresuid())
    zygote = int(_status("Uid", os.getppid()).split()[0])
    detail = f"uid {os.getuid()}, the zygote has {zygote}"
    return len(uids) == 1 and 0 not in uids and zygote not in uids, detail


def _no_capabilities() -> Fact:
    held = {name: _status(name) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")}
    any_held = [f"{name} {value}" for name, value in held.items() if int(value, 16)]
    return not any_held, ", ".join(any_held) or "none in any set"


def _no_new_privileges() -> Fact:
    return _status("NoNewPrivs") == "1", f"NoNewPrivs {_status('NoNewPrivs')}"


def _system_call_filter() -> Fact:
    mode = _status("Seccomp")
    return mode == "2", f"seccomp mode {mode}, {_status('Seccomp_filters', default='?')} filters"


def _memory_unreadable() -> Fact:
    dumpable = _libc().prctl(PR_GET_DUMPABLE, 0, 0, 0, 0)
    return dumpable == 0, f"dumpable {dumpable}"


def _own_network() -> Fact:
    lines = Path("/proc/self/net/dev").read_text().splitlines()[2:]
    names = sorted(line.partition(":")[0].strip() for line in lines)
    return names in ([], ["lo"]), f"interfaces: {', '.join(names) or 'none'}"


def _no_network_sockets() -> Fact:
    made = [name for name, kind in _SOCKETS.items() if not _socket_refused(name, kind)]
    return not made, f"may be made: {', '.join(made)}" if made else "only AF_UNIX may be made"


def _socket_refused(family: str, kind: socket.SocketKind) -> bool:
    try:
        socket.socket(getattr(socket, family), kind).close()
    except OSError as error:
        # Anything else was said by the protocol's own code: the call has reached it.
        return error.errno in (errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EAFNOSUPPORT)
    return False


def _read_only_root() -> Fact:
    places = ["/", "/etc", "/var/tmp", sys.prefix, str(Path(__file__).parent), _home()]
    writable = [path for path in places if _may_write(path)]
    if writable:
        return False, f"may write to {', '.join(writable)}"
    return True, "mounted so" if os.statvfs("/").f_flag & os.ST_RDONLY else "writing is refused"


def _may_write(path: str | Path) -> bool:
    """Whether a file can be made in this directory, by making one that has no name."""
    if Path(path) == _scratch() or not os.access(path, os.W_OK):
        return False
    try:
        os.close(os.open(path, os.O_TMPFILE | os.O_WRONLY))
    except OSError as error:
        # Some file systems cannot make such files, and to those access() is the last word.
        return error.errno in (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT)
    return True


def _home() -> str:
    """The home of the user that the zygote runs as."""
    try:
        return pwd.getpwuid(int(_status("Uid", os.getppid()).split()[0])).pw_dir
    except KeyError:
        return "/"


def _no_personal_files() -> Fact:
    # Folders on the way to Python itself are there in any slot.
    ours = [Path(sys.prefix), Path(sys.base_prefix), Path(__file__)]
    seen = []
    for folder in dict.fromkeys(("/home", "/root", "/mnt", "/media", _home())):
        try:
            entries = list(Path(folder).iterdir())
        except OSError:
            continue
        strange = [one for one in entries if not any(path.is_relative_to(one) for path in ours)]
        if strange and Path(folder) != Path("/"):
            seen.append(f"{len(strange)} in {folder}")
    return not seen, ", ".join(seen) or "none in sight"


def _few_writable_places() -> Fact:
    scratch = {_scratch(), Path("/tmp"), Path("/dev/shm")}
    others = sorted(
        str(mount.path)
        for mount in _mounts()
        if mount.writable
        and mount.kind not in _HOLD_NO_FILES
        and mount.path not in scratch
        and mount.path.is_dir()
        and _may_write(mount.path)
    )
    shown = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
    return not others, f"may write to {shown}" if others else "only to scratch space"


def _scratch_space() -> Fact:
    described, holds = [], True
    for path in dict.fromkeys((_scratch(), Path("/dev/shm"))):
        mount = max(
            (mount for mount in _mounts() if path.is_relative_to(mount.path)),
            key=lambda mount: len(mount.path.parts),
        )
        figures = os.statvfs(path)
        size = figures.f_blocks * figures.f_frsize
        own = mount.path == path and mount.kind == "tmpfs"
        limited = 0 < size <= _MOST_SCRATCH
        writable = os.access(path, os.W_OK)
        holds = holds and own and limited and writable
        described.append(
            f"{path}: {mount.kind} of {size // _MEBIBYTE} MiB and {figures.f_files} files"
            f"{'' if own else ', shared with the host'}{'' if writable else ', not writable'}"
        )
    return holds, "; ".join(described)


def _own_process_ids() -> Fact:
    return os.getppid() == 1, f"the zygote is process {os.getppid()}"


def _zygote_not_signalled() -> Fact:
    try:
        os.kill(os.getppid(), 0)
    except PermissionError:
        return True, "refused"
    return False, "may be signalled"


def _zygote_unreadable() -> Fact:
    readable = []
    for pid in dict.fromkeys((os.getppid(), 1)):
        for name in ("environ", "mem", "maps", "fd/0"):
            try:
                os.close(os.open(f"/proc/{pid}/{name}", os.O_RDONLY | os.O_NONBLOCK))
            except OSError:
                continue
            readable.append(f"/proc/{pid}/{name}")
    return not readable, ", ".join(readable) or "refused"


def _no_stray_descriptors() -> Fact:
    stray = []
    for name in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except FileNotFoundError:  # the one that the listing itself had open
            continue
        if int(name) not in WANTED_FDS and not target.startswith(_DRIVER_FILES):
            stray.append(f"{name} is {target}")
    return not stray, "; ".join(stray) or "none but its own"


def _clean_environment() -> Fact:
    names = set(os.environ) | {entry.partition("=")[0] for entry in _first_environment()}
    strange = sorted(names - _ENVIRONMENT - {""})
    return not strange, ", ".join(strange) or "nothing of the host's"


def _no_tracing() -> Fact:
    return _refused("ptrace", PTRACE_PEEKTEXT, os.getpid())


def _no_namespaces() -> Fact:
    # Either is invalid with its second flag, so the kernel itself would say EINVAL.
    by_unshare = _refused("unshare", CLONE_NEWUSER | 1)
    by_clone = _refused("clone", CLONE_NEWUSER | CLONE_FS)
    by_clone3 = _refused("clone3", 0, 0)
    detail = f"unshare {by_unshare[1]}, clone {by_clone[1]}, clone3 {by_clone3[1]}"
    return by_unshare[0] and by_clone[0] and by_clone3[0], detail


def _no_io_uring() -> Fact:
    return _refused("io_uring_setup", 0, 0)


def _no_keyrings() -> Fact:
    session_keyring, get_id = -3, 0
    return _refused("keyctl", get_id, session_keyring)


def _no_lasting_objects() -> Fact:
    # Sizes and names that no kernel accepts.
    memory = _refused("shmget", 0, 0)
    queue = _refused("mq_open", 0)
    return memory[0] and queue[0], f"System V {memory[1]}, message queues {queue[1]}"


def _no_loose_personality() -> Fact:
    # The highest bits mean nothing to any kernel; what is set now is set again where it is allowed.
    now = _call("personality", PERSONALITY_QUERY)
    return _refused("personality", now)


def _memory_limit() -> Fact:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    found = []
    group = _cgroup("memory", "memory.max", "memory.limit_in_bytes")
    if group is not None and group < total:
        found.append(f"{group // _MEBIBYTE} MiB for the slot")
    space = resource.getrlimit(resource.RLIMIT_AS)[1]
    if space != resource.RLIM_INFINITY:
        found.append(f"{space // _MEBIBYTE} MiB of address space")
    return bool(found), ", ".join(found) or "none"


def _process_limit() -> Fact:
    found = []
    group = _cgroup("pids", "pids.max", "pids.max")
    if group is not None:
        found.append(f"{group} tasks for the slot")
    tasks = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    # The kernel sets one by itself, sized for the machine; and it never holds root to any.
    if 0 <= tasks <= _MOST_TASKS and os.getuid() != 0:
        found.append(f"{tasks} tasks for the uid")
    return bool(found), ", ".join(found) or "none"


def _few_devices() -> Fact:
    strange = []
    for entry in os.scandir("/dev"):
        mode = entry.stat(follow_symlinks=False).st_mode
        device = stat.S_ISBLK(mode) or (stat.S_ISCHR(mode) and entry.name not in _DEVICES)
        if device and not entry.path.startswith(_DRIVER_FILES):
            strange.append(entry.name)
    shown = ", ".join(sorted(strange)[:8])
    return not strange, f"{len(strange)} more, such as {shown}" if strange else "harmless ones only"


def _no_engine() -> Fact:
    sockets = ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock")
    there = [path for path in sockets if os.path.exists(path)]
    return not there, ", ".join(there) or "no engine's socket in sight"


_PROBES: dict[str, Callable[[], Fact]] = {
    "own uid": _own_uid,
    "own process ids": _own_process_ids,
    "own network": _own_network,
    "no capabilities": _no_capabilities,
    "no new privileges": _no_new_privileges,
    "system call filter": _system_call_filter,
    "no network sockets": _no_network_sockets,
    "no tracing": _no_tracing,
    "no namespaces": _no_namespaces,
    "no io_uring": _no_io_uring,
    "no keyrings": _no_keyrings,
    "no lasting objects": _no_lasting_objects,
    "fixed personality": _no_loose_personality,
    "memory unreadable": _memory_unreadable,
    "zygote unreadable": _zygote_unreadable,
    "zygote not signalled": _zygote_not_signalled,
    "no stray descriptors": _no_stray_descriptors,
    "clean environment": _clean_environment,
    "read-only root": _read_only_root,
    "no personal files": _no_personal_files,
    "few writable places": _few_writable_places,
    "limited scratch space": _scratch_space,
    "few devices": _few_devices,
    "no engine socket": _no_engine,
    "memory limit": _memory_limit,
    "process limit": _process_limit,
}


class _Mount:
    """One line of /proc/self/mountinfo."""

    def __init__(self, line: str) -> None:
        before, _, after = line.partition(" - ")
        fields = before.split()
        self.path = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4]))
        kind, _, options = after.split(maxsplit=2)
        self.kind = kind
        self.writable = "ro" not in (*fields[5].split(","), *options.split(","))


def _mounts() -> list[_Mount]:
    """What is mounted, without what a later mount at the same place hides."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return list({mount.path: mount for mount in map(_Mount, lines)}.values())


def _scratch() -> Path:
    return Path(os.environ.get("TMPDIR", "/tmp"))


def _status(name: str, pid: int | str = "self", default: str | None = None) -> str:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return line.partition(":")[2].strip()
    if default is None:
        raise KeyError(name)
    return default


def _cgroup(controller: str, v2_name: str, v1_name: str) -> int | None:
    """The smallest limit on this process's groups that can be read here, if any."""
    places = [Path("/sys/fs/cgroup", v2_name), Path("/sys/fs/cgroup", controller, v1_name)]
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            places.append(Path("/sys/fs/cgroup", path.lstrip("/"), v2_name))
        elif controller in controllers.split(","):
            places.append(Path("/sys/fs/cgroup", controller, path.lstrip("/"), v1_name))
    limits = []
    for place in places:
        try:
            limits.append(int(place.read_text()))  # "max" is none
        except (OSError, ValueError):
            continue
    return min(limits, default=None)


def _first_environment() -> list[str]:
    """What process 1 was started with: a fork has it in its memory, whatever os.environ says."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[47]), int(fields[48])
    if not 0 < start < end:
        return []
    return ctypes.string_at(start, end - start).decode(errors="replace").split("\0")


def _refused(name: str, *arguments: int) -> Fact:
    """Whether the call was turned down before the kernel's own code had a look at it."""
    result = _call(name, *arguments)
    if result >= 0:
        return False, "allowed"
    code = errno.errorcode.get(-result, str(-result))
    return -result in (errno.EPERM, errno.ENOSYS), f"answered {code}"


def _call(name: str, *arguments: int) -> int:
    number = _NUMBERS[name][0 if os.uname().machine == "x86_64" else 1]
    if number is None:
        raise OSError(errno.ENOSYS, f"no number for {name}")
    words = [ctypes.c_long(word) for word in (*arguments, 0, 0, 0, 0, 0, 0)[:6]]
    ctypes.set_errno(0)
    result = int(_libc().syscall(ctypes.c_long(number), *words))
    return -ctypes.get_errno() if result == -1 else result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


_NUMBERS = {denial.name: (denial.x86_64, denial.aarch64) for denial in DENIED}
