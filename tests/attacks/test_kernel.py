"""The kernel's rarer doors. Each is shown to open without the filter in tests/sandbox/test_lockdown.py."""

from __future__ import annotations

import json

from tests.attacks.arena import Arena

USERS_TOO = True

# x86_64, aarch64: arguments with which the call does something, or at least gets past a look at who asks.
CALLS = """
machine = 0 if os.uname().machine == "x86_64" else 1
libc = ctypes.CDLL(None, use_errno=True)
own = os.getpid()
def call(numbers, *arguments):
    result = libc.syscall(ctypes.c_long(numbers[machine]), *(ctypes.c_long(word) for word in (*arguments, 0, 0, 0, 0)))
    if os.getpid() != own:
        os._exit(0)  # a clone, where one could be made
    return "done" if result >= 0 else ctypes.get_errno()
buffer = ctypes.create_string_buffer(256)
at = ctypes.addressof(buffer)
NEWUSER, NEWNS, NEWNET, NEWPID = 0x10000000, 0x00020000, 0x40000000, 0x20000000
tried = {
    "ptrace traceme": call((101, 117), 0),
    "ptrace attach 1": call((101, 117), 16, 1),
    "process_vm_readv 1": call((310, 270), 1, at, 1, at, 1, 0),
    "pidfd_getfd": call((438, 438), 0, 0, 0),
    "keyctl": call((250, 219), 0, -3 & 0xFFFFFFFF, 1),
    "add_key": call((248, 217), at, at, at, 1, -3),
    "request_key": call((249, 218), at, at, 0, 0),
    "io_uring_setup": call((425, 425), 8, at),
    "bpf": call((321, 280), 0, at, 128),
    "perf_event_open": call((298, 241), at, 0, -1, -1, 0),
    "userfaultfd": call((323, 282), 0),
    "unshare user": call((272, 97), NEWUSER),
    "unshare mounts": call((272, 97), NEWUSER | NEWNS),
    "unshare network": call((272, 97), NEWNET),
    "clone into namespaces": call((56, 220), NEWUSER | NEWPID | 17),
    "clone3": call((435, 435), at, 88),
    "setns": call((308, 268), 0, 0),
    "mount": call((165, 40), at, at, at, 0, 0),
    "pivot_root": call((155, 41), at, at),
    "open_by_handle_at": call((304, 265), 0, at, 0),
    "memfd_create": call((319, 279), at, 0),
    "shmget": call((29, 194), 1234, 4096, 0o1666),
    "semget": call((64, 190), 1234, 1, 0o1666),
    "msgget": call((68, 186), 1234, 0o1666),
    "mq_open": call((240, 180), at, 0o102, 0o666, 0),
    "init_module": call((175, 105), at, 1, at),
    "reboot": call((169, 142), 0xFEE1DEAD, 672274793, 0, 0),
    "sethostname": call((170, 161), at, 1),
    "syslog": call((103, 116), 3, at, 10),
    "clock_settime": call((227, 112), 0, at),
    "subreaper": call((157, 167), 36, 1),
    "dumpable": call((157, 167), 4, 1),
    "personality": call((135, 92), 0x0040000),
    "setuid 0": call((105, 146), 0),
    "setgid 0": call((106, 144), 0),
}
print(json.dumps(tried))
return x + 1
"""


def test_every_door_is_shut(arena: Arena) -> None:
    case = arena.strike(CALLS, "passed")
    tried = json.loads(case.output or "")
    assert len(tried) > 30
    assert {name: result for name, result in tried.items() if result == "done"} == {}
    # Refused at the door (EPERM, EACCES, ENOSYS), not by a look at the arguments; a uid of 0 does not even exist in a
    # user's namespace (EINVAL).
    assert tried.pop("setuid 0") in (1, 22)
    assert tried.pop("setgid 0") in (1, 22)
    assert {name: result for name, result in tried.items() if result not in (1, 13, 38)} == {}
    arena.heal()


def test_another_number_space_is_shut_as_well(arena: Arena) -> None:
    """x86_64 answers the calls of x32 under numbers of their own: getpid, here. Docker ends who tries."""
    case = arena.strike(
        """
        result = ctypes.CDLL(None, use_errno=True).syscall(0x40000000 + 39)
        print(result, ctypes.get_errno())
        return x + 1
        """,
        ("passed", "crashed"),
    )
    assert case.output == "-1 38\n" or "SIGSYS" in case.message
    arena.heal()


def test_a_set_user_id_program_gives_no_rights(arena: Arena) -> None:
    source = """
import os, stat
found = []
for top in ("/usr/bin", "/bin", "/usr/sbin", "/usr/lib"):
    for folder, _, files in os.walk(top):
        for name in files:
            path = os.path.join(folder, name)
            if os.lstat(path).st_mode & (stat.S_ISUID | stat.S_ISGID) and stat.S_ISREG(os.lstat(path).st_mode):
                found.append(path)
status = open("/proc/self/status").read()
print([line for line in status.splitlines() if line.startswith(("NoNewPrivs", "CapEff", "CapPrm", "CapAmb", "CapInh"))])
"""
    verdict = arena.judge(source, mode="script")
    assert verdict.script is not None
    lines = eval(verdict.script.stdout)
    assert "NoNewPrivs:\t1" in lines
    assert all(int(line.split()[1], 16) == 0 for line in lines if line.startswith("Cap"))
    arena.heal()


def test_limits_cannot_be_raised_again(arena: Arena) -> None:
    case = arena.strike(
        """
        import resource
        raised = []
        for name in dir(resource):
            if name.startswith("RLIMIT_"):
                which = getattr(resource, name)
                soft, hard = resource.getrlimit(which)
                if hard != resource.RLIM_INFINITY:
                    try:
                        resource.setrlimit(which, (soft, hard + 1))
                        raised.append(name)
                    except (OSError, ValueError):
                        pass
        print(json.dumps(raised))
        return x + 1
        """,
        "passed",
    )
    assert json.loads(case.output or "") == []
    arena.heal()
