"""The system calls that a candidate's code never gets, and why not.

A deny-list: everything that is not named here is allowed, so that torch, its drivers and its thread
pools keep working whatever they call. The allow-list is Docker's (seccomp.json), a second wall.

`seccomp` itself stays allowed. Filters stack and can only take away: the zygote needs it for the
second filter of a threads-only job, and candidates who add one can hurt only their own process.
"""

from __future__ import annotations

import enum
import errno
import functools
from collections.abc import Iterable
from dataclasses import dataclass

PR_SET_DUMPABLE = 4
PR_SET_MM = 35
PR_SET_CHILD_SUBREAPER = 36
PR_SET_PTRACER = 0x59616D61


class Check(enum.Enum):
    """How one argument of a system call is looked at."""

    IS_ONE_OF = "is one of"
    IS_NONE_OF = "is none of"
    HAS_A_BIT_OF = "has a bit of"
    LACKS_BIT = "lacks bit"


@dataclass(frozen=True)
class Argument:
    """A condition on the low 32 bits of one argument: of those below the kernel reads no more."""

    index: int
    check: Check
    values: tuple[int, ...]


@dataclass(frozen=True)
class Denial:
    """A system call that is answered with an errno: always, or only where its argument fits."""

    name: str
    x86_64: int | None
    aarch64: int | None
    why: str
    errno: int = errno.EPERM
    when: Argument | None = None

    def number(self, machine: str) -> int | None:
        return self.x86_64 if machine == "x86_64" else self.aarch64


def _one_of(index: int, *values: int) -> Argument:
    return Argument(index, Check.IS_ONE_OF, values)


def _none_of(index: int, *values: int) -> Argument:
    return Argument(index, Check.IS_NONE_OF, values)


def _bits(index: int, *values: int) -> Argument:
    return Argument(index, Check.HAS_A_BIT_OF, (functools.reduce(int.__or__, values),))


_PEEK = "reads or writes the memory, files or time line of another process"
_KEYS = "kernel keyrings outlive the process and are shared between all processes of one uid"
_RING = "performs other system calls on the caller's behalf, past this filter"
_KERNEL = "loads programs or probes into the kernel"
_MOUNT = "changes which files the process sees"
_NOTES = "such objects outlive the process that made them: a way to leave notes for the next job"
_HOST = "changes the machine for everybody on it"
_CLOCK = "changes the clock that runs are timed with"
_HANDLE = "opens files by number, past every mount point"
_OLD = "obsolete, and every line of it is attack surface"
_X86 = "gives a process raw access to processor state"
_HIDDEN = "memory on no file system: neither RLIMIT_AS nor the size of /tmp and /dev/shm counts it"
_SPACE = "a new namespace brings capabilities inside it, where most kernel exploits begin"
_FORK = "this question's memory is counted for one process, so there may be only one"
_EXEC = (
    "a new program owns its /proc files again: it starts with fresh memory accounting, and may "
    "leave its place before the out-of-memory killer, so that the zygote, larger than each of many "
    "small programs, would die for them"
)
_SLOWER = "slows down every process of the uid, where the uid is shared the zygote too"
_NEW = "flags behind a pointer cannot be checked here; on ENOSYS glibc uses clone, where they can"

CLONE_PARENT = 0x00008000
CLONE_THREAD = 0x00010000
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
_NEW_SPACES = (
    CLONE_NEWNS,
    CLONE_NEWCGROUP,
    CLONE_NEWUTS,
    CLONE_NEWIPC,
    CLONE_NEWUSER,
    CLONE_NEWPID,
    CLONE_NEWNET,
)

AF_UNIX = 1
PRIO_PROCESS = 0
IOPRIO_WHO_PROCESS = 1
TIOCSTI = 0x5412
TIOCLINUX = 0x541C
PERSONALITY_QUERY = 0xFFFFFFFF
EVERYBODY = 0xFFFFFFFF  # pid -1, as the kernel sees its low 32 bits

DENIED: tuple[Denial, ...] = (
    Denial("ptrace", 101, 117, _PEEK),
    Denial("process_vm_readv", 310, 270, _PEEK),
    Denial("process_vm_writev", 311, 271, _PEEK),
    Denial("process_madvise", 440, 440, _PEEK),
    Denial("process_mrelease", 448, 448, _PEEK),
    Denial("kcmp", 312, 272, _PEEK),
    Denial("pidfd_getfd", 438, 438, _PEEK),
    Denial("move_pages", 279, 239, _PEEK),
    Denial("migrate_pages", 256, 238, _PEEK),
    Denial("prlimit64", 302, 261, "sets limits of another process of one uid", when=_none_of(0, 0)),
    Denial("add_key", 248, 217, _KEYS),
    Denial("request_key", 249, 218, _KEYS),
    Denial("keyctl", 250, 219, _KEYS),
    Denial("io_uring_setup", 425, 425, _RING),
    Denial("io_uring_enter", 426, 426, _RING),
    Denial("io_uring_register", 427, 427, _RING),
    Denial("bpf", 321, 280, _KERNEL),
    Denial("perf_event_open", 298, 241, _KERNEL),
    Denial("userfaultfd", 323, 282, "stops the kernel half way through a copy, an aid of exploits"),
    Denial("fanotify_init", 300, 262, "watches what everybody does to the files of a mount"),
    Denial("mount", 165, 40, _MOUNT),
    Denial("umount2", 166, 39, _MOUNT),
    Denial("pivot_root", 155, 41, _MOUNT),
    Denial("chroot", 161, 51, _MOUNT),
    Denial("fsopen", 430, 430, _MOUNT),
    Denial("fsconfig", 431, 431, _MOUNT),
    Denial("fsmount", 432, 432, _MOUNT),
    Denial("fspick", 433, 433, _MOUNT),
    Denial("open_tree", 428, 428, _MOUNT),
    Denial("move_mount", 429, 429, _MOUNT),
    Denial("mount_setattr", 442, 442, _MOUNT),
    Denial("setns", 308, 268, _SPACE),
    Denial("unshare", 272, 97, _SPACE),
    Denial("clone", 56, 220, _SPACE, when=_bits(0, *_NEW_SPACES)),
    Denial(
        "clone",
        56,
        220,
        "makes a sibling, which the zygote would take for a child of its own making",
        when=_bits(0, CLONE_PARENT),
    ),
    Denial("clone3", 435, 435, _NEW, errno=errno.ENOSYS),
    Denial("shmget", 29, 194, _NOTES),
    Denial("shmat", 30, 196, _NOTES),
    Denial("shmctl", 31, 195, _NOTES),
    Denial("semget", 64, 190, _NOTES),
    Denial("semop", 65, 193, _NOTES),
    Denial("semtimedop", 220, 192, _NOTES),
    Denial("semctl", 66, 191, _NOTES),
    Denial("msgget", 68, 186, _NOTES),
    Denial("msgsnd", 69, 189, _NOTES),
    Denial("msgrcv", 70, 188, _NOTES),
    Denial("msgctl", 71, 187, _NOTES),
    Denial("mq_open", 240, 180, _NOTES),
    Denial("mq_unlink", 241, 181, _NOTES),
    Denial(
        "socket",
        41,
        198,
        "only AF_UNIX, over which DataLoader workers hand file descriptors: a process slot has "
        "the host's network",
        errno=errno.EACCES,
        when=_none_of(0, AF_UNIX),
    ),
    Denial(
        "socketpair",
        53,
        199,
        "only AF_UNIX, as above: other families reach rarely used kernel code",
        errno=errno.EACCES,
        when=_none_of(0, AF_UNIX),
    ),
    Denial(
        "prctl",
        157,
        167,
        "a dumpable process can have its memory read and its peak memory reset; a subreaper "
        "keeps its orphans from the zygote",
        when=_one_of(0, PR_SET_DUMPABLE, PR_SET_MM, PR_SET_PTRACER, PR_SET_CHILD_SUBREAPER),
    ),
    Denial(
        "personality",
        135,
        92,
        "turns off protections such as address randomisation; asking which is set stays allowed",
        when=_none_of(0, PERSONALITY_QUERY),
    ),
    Denial(
        "ioctl",
        16,
        29,
        "types into the terminal that the service was started from",
        when=_one_of(1, TIOCSTI, TIOCLINUX),
    ),
    Denial(
        "kill",
        62,
        129,
        "signals everything of one uid, which in a process slot is all that the host's user runs",
        when=_one_of(0, EVERYBODY),
    ),
    Denial("setpriority", 141, 140, _SLOWER, when=_none_of(0, PRIO_PROCESS)),
    Denial("ioprio_set", 251, 30, _SLOWER, when=_none_of(0, IOPRIO_WHO_PROCESS)),
    Denial("execve", 59, 221, _EXEC),
    Denial("execveat", 322, 281, _EXEC),
    Denial("memfd_create", 319, 279, _HIDDEN),
    Denial("memfd_secret", 447, 447, _HIDDEN),
    Denial("name_to_handle_at", 303, 264, _HANDLE),
    Denial("open_by_handle_at", 304, 265, _HANDLE),
    Denial("init_module", 175, 105, _KERNEL),
    Denial("finit_module", 313, 273, _KERNEL),
    Denial("delete_module", 176, 106, _KERNEL),
    Denial("kexec_load", 246, 104, _HOST),
    Denial("kexec_file_load", 320, 294, _HOST),
    Denial("reboot", 169, 142, _HOST),
    Denial("swapon", 167, 224, _HOST),
    Denial("swapoff", 168, 225, _HOST),
    Denial("acct", 163, 89, _HOST),
    Denial("quotactl", 179, 60, _HOST),
    Denial("quotactl_fd", 443, 443, _HOST),
    Denial("sethostname", 170, 161, _HOST),
    Denial("setdomainname", 171, 162, _HOST),
    Denial("vhangup", 153, 58, _HOST),
    Denial("syslog", 103, 116, "reads the kernel's log: addresses, and other people's business"),
    Denial("settimeofday", 164, 170, _CLOCK),
    Denial("clock_settime", 227, 112, _CLOCK),
    Denial("adjtimex", 159, 171, _CLOCK),
    Denial("clock_adjtime", 305, 266, _CLOCK),
    Denial("lookup_dcookie", 212, 18, _OLD),
    Denial("nfsservctl", 180, 42, _OLD),
    Denial("uselib", 134, None, _OLD),
    Denial("sysfs", 139, None, _OLD),
    Denial("ustat", 136, None, _OLD),
    Denial("_sysctl", 156, None, _OLD),
    Denial("create_module", 174, None, _OLD),
    Denial("get_kernel_syms", 177, None, _OLD),
    Denial("query_module", 178, None, _OLD),
    Denial("iopl", 172, None, _X86),
    Denial("ioperm", 173, None, _X86),
    Denial("modify_ldt", 154, None, _X86),
)

# Added for questions whose memory is counted per process: more threads, but no second process.
DENIED_TO_THREADS_ONLY: tuple[Denial, ...] = (
    Denial("fork", 57, None, _FORK),
    Denial("vfork", 58, None, _FORK),
    Denial("clone", 56, 220, _FORK, when=Argument(0, Check.LACKS_BIT, (CLONE_THREAD,))),
)

# Calls younger than this table (mseal, Linux 6.10, is the last) do not exist for a candidate until
# somebody has looked at them. The x32 calls of x86_64 have bit 30 set: refused by the same
# comparison.
NEWEST_KNOWN = 462


def signals_to(pids: Iterable[int]) -> list[Denial]:
    """Denials of signals to these processes and the groups they lead, and of slowing them down."""
    why = "the processes that run the candidate are not the candidate's to signal"
    targets = tuple(sign * pid & 0xFFFFFFFF for pid in pids for sign in (1, -1))
    if not targets:
        return []
    first = Argument(0, Check.IS_ONE_OF, targets)
    second = Argument(1, Check.IS_ONE_OF, targets)
    slow = "what runs the candidate runs the next one too, and not at the candidate's pace"
    return [
        Denial("kill", 62, 129, why, when=first),
        Denial("tkill", 200, 130, why, when=first),
        Denial("tgkill", 234, 131, why, when=first),
        Denial("rt_sigqueueinfo", 129, 138, why, when=first),
        Denial("rt_tgsigqueueinfo", 297, 240, why, when=first),
        Denial("pidfd_open", 434, 434, why, when=first),
        Denial("sched_setaffinity", 203, 122, slow, when=first),
        Denial("sched_setscheduler", 144, 119, slow, when=first),
        Denial("sched_setparam", 142, 118, slow, when=first),
        Denial("sched_setattr", 314, 274, slow, when=first),
        Denial("setpriority", 141, 140, slow, when=second),
        Denial("ioprio_set", 251, 30, slow, when=second),
    ]
