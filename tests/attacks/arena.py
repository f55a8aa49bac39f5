"""A sandbox to attack: the verdict on the attacked case, what is left behind, and the next job's health.

The question is tests/support/questions/add-one: four cases with 1 to 4 values. An attack strikes in the second, which has
one second, or in the third, which has many. So the first shows a healthy child before it and the last a healthy one after it.
"""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.judging import Sandbox
from sandbox.verdict import CaseVerdict, Verdict

QUESTION = Path(__file__).parents[1] / "support" / "questions" / "add-one"
RIGHT = "def solve(x):\n    return x + 1\n"

# Runs as a job of its own and prints what an earlier job could have left for it, or done to it.
SPY = """
import ctypes, json, os, resource, stat, sys
import torch

def read(path):
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError as error:
        return type(error).__name__

def tree(top):
    found = []
    for folder, folders, files in os.walk(top):
        found += [os.path.join(folder, name) for name in folders + files]
    return sorted(found)[:20]

def names(path):
    try:
        return sorted(os.listdir(path))
    except OSError as error:
        return type(error).__name__

def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True

folders = [path for path in ("/tmp", "/dev/shm", "/dev/mqueue") if os.path.isdir(path)]
fields = read("/proc/1/stat").rpartition(")")[2].split()
print(json.dumps({
    "life": fields[19],
    "processes": [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if pid != os.getpid()],
    "zygote": {
        "threads": fields[17],
        "nice": os.getpriority(os.PRIO_PROCESS, 1),
        "scheduler": os.sched_getscheduler(1),
        "processors": sorted(os.sched_getaffinity(1)),
        "oom_score_adj": read("/proc/1/oom_score_adj"),
        "io_priority": ctypes.CDLL(None).syscall({"x86_64": 252, "aarch64": 31}[os.uname().machine], 1, 1),
    },
    "zygote_mb": next((int(line.split()[1]) for line in read("/proc/1/status").splitlines()
                       if line.startswith("VmRSS")), 0) // 1024,
    "files": {path: tree(path) for path in folders},
    "modes": {path: oct(os.stat(path).st_mode) for path in folders},
    "attributes": {path: os.listxattr(path) for path in folders},
    "space": {path: (s.f_bfree, s.f_ffree) for path in folders for s in [os.statvfs(path)]},
    "dev": names("/dev"),
    "sysv": [len(read("/proc/sysvipc/" + kind).splitlines()) for kind in ("shm", "sem", "msg")],
    "sockets": len(read("/proc/net/unix").splitlines()),
    "environment": dict(os.environ),
    "fds": [fd for fd in range(256) if is_open(fd)],
    "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource)
               if name.startswith("RLIMIT_") and name != "RLIMIT_AS"},
    "own": [os.getcwd(), os.umask(0o77), os.getpriority(os.PRIO_PROCESS, 0), sorted(os.sched_getaffinity(0)),
            len(os.listdir("/proc/self/task")), read("/proc/self/oom_score_adj")],
    "torch": [torch.get_num_threads(), str(torch.get_default_dtype()), torch.initial_seed() if False else 0],
}))
"""


@dataclass
class Arena:
    """One sandbox with one slot, and what the slot looked like when it was new."""

    name: str
    sandbox: Sandbox
    new: dict[str, Any]

    @classmethod
    def of(cls, name: str, sandbox: Sandbox) -> Arena:
        arena = cls(name, sandbox, {})
        arena.new = arena.look()
        return arena

    def judge(self, source: str, **options: Any) -> Verdict:
        """Judge a whole file on the question."""
        return self.sandbox.judge(QUESTION, source, **options)

    def strike(self, attack: str, outcome: str | tuple[str, ...], **options: Any) -> CaseVerdict:
        """Run `attack` (statements; `x` is the input) in one case, which has to end with `outcome` while
        all others pass."""
        wanted = (outcome,) if isinstance(outcome, str) else outcome
        place = "second" if "timed_out" in wanted else "third"
        verdict = self.judge(answer_that_attacks(attack, place), **options)
        by_name = {case.name: case for case in verdict.cases}
        struck = by_name.pop(place)
        assert struck.outcome in wanted, struck
        assert all(case.outcome == "passed" for case in by_name.values()), by_name
        return struck

    def heal(self, *, same_slot: bool = True) -> None:
        """No residue, and the next job on this sandbox passes. Where not `same_slot`, the slot may have been replaced."""
        seen = self.look()
        was, self.new["life"] = self.new["life"], seen["life"]
        assert not same_slot or seen["life"] == was, (
            "the slot was lost: another one has taken its place"
        )
        grown = seen["zygote_mb"] - self.new["zygote_mb"]
        changed = {key: (self.new[key], seen[key]) for key in seen if seen[key] != self.new[key]}
        changed.pop("zygote_mb", None)
        assert not changed, "the attack has changed what the next job sees: (new, now)"
        assert grown < 64, f"process 1 has grown by {grown} MB"
        verdict = self.judge(RIGHT)
        assert (verdict.outcome, verdict.passed) == ("passed", 4), verdict

    def look(self) -> dict[str, Any]:
        """What a job sees of its slot."""
        verdict = self.judge(SPY, mode="script")
        script = verdict.script
        assert script is not None, verdict
        assert script.outcome == "passed", script
        seen: dict[str, Any] = json.loads(script.stdout)
        return seen


def answer_that_attacks(attack: str, place: str) -> str:
    """A right answer but for one case, in which it runs `attack`."""
    body = textwrap.indent(textwrap.dedent(attack).strip(), "    ")
    values = {"second": 2, "third": 3}[place]
    return (
        "import ctypes, json, os, signal, sys, time\nimport torch\n\n"
        f"def attack(x):\n{body}\n\n"
        "def solve(x):\n"
        f"    return attack(x) if x.numel() == {values} else x + 1\n"
    )
