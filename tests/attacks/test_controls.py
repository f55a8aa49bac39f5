"""Attacks that succeed where one defence is taken out: otherwise their failure elsewhere would prove little.

The runner is copied, lines of it are replaced, and a bubblewrap slot is made of the copy. Nothing here multiplies.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import hosts
from sandbox.judging import Sandbox
from sandbox.slots import bubblewrap
from tests.attacks.arena import QUESTION, Arena, answer_that_attacks
from tests.attacks.test_kernel import CALLS

pytestmark = pytest.mark.bubblewrap

ROOT = bubblewrap.ROOT
Mutations = dict[str, list[tuple[str, str]]]


@contextlib.contextmanager
def without(folder: Path, mutations: Mutations) -> Iterator[Arena]:
    """A sandbox whose slots lack what `mutations` take out; its self-test is not asked."""
    shutil.copytree(ROOT / "sandbox", folder / "sandbox")
    for name, pairs in mutations.items():
        path = folder / "sandbox" / "image" / name
        text = path.read_text()
        for old, new in pairs:
            assert text.count(old) == 1, (
                f"{name} has changed: {old!r} stands there {text.count(old)} times"
            )
            text = text.replace(old, new)
        path.write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bubblewrap, "ROOT", folder)
        patch.setitem(hosts.REQUIRED, "bubblewrap", frozenset())
        with Sandbox.open("bubblewrap") as sandbox:
            yield Arena.of("weakened", sandbox)


NO_END_OF_ALL: Mutations = {
    "zygote.py": [
        (
            "reaped = self.cleaner.kill_all({child.pid: child.ended, **self.orphans})",
            "child.ended is None and os.kill(child.pid, 9)\n"
            "        reaped = {child.pid: child.ended or os.wait4(child.pid, 0)[1:]}",
        ),
        ("left = self.cleaner.wipe(child.uid)", "left = []"),
    ]
}


def test_without_the_end_of_all_a_job_leaves_processes_and_files(tmp_path: Path) -> None:
    with without(tmp_path, NO_END_OF_ALL) as arena:
        arena.judge(
            answer_that_attacks(
                """
                with open("/tmp/note", "w") as file:
                    file.write("for the next")
                if os.fork() == 0:
                    os.setsid()
                    while True:
                        time.sleep(1)
                return x + 1
                """,
                "third",
            )
        )
        seen = arena.look()
        assert len(seen["processes"]) == 2
        assert seen["files"]["/tmp"] == ["/tmp/note"]
        with pytest.raises(AssertionError, match="changed what the next job sees"):
            arena.heal()


NO_FILTER: Mutations = {
    "zygote.py": [
        ("        lockdown.install_filter()\n", "        pass\n"),
        ("    lockdown.no_new_privs()\n", ""),
        ("    lockdown.not_dumpable()\n    workplace", "    lockdown.dumpable()\n    workplace"),
    ]
}


def test_without_the_filter_doors_open(tmp_path: Path) -> None:
    with without(tmp_path, NO_FILTER) as arena:
        verdict = arena.judge(answer_that_attacks(CALLS, "third"))
        tried = json.loads(verdict.cases[2].output or "")
        done = {name for name, result in tried.items() if result == "done"}
        assert done >= {"ptrace traceme", "memfd_create", "shmget", "semget", "msgget", "subreaper"}
        # System V objects outlive their process: the next job sees what this one left.
        assert arena.look()["sysv"] > arena.new["sysv"]
        source = "import subprocess\nprint(subprocess.run(['/usr/bin/env', 'echo', 'on'], capture_output=True))\n"
        script = arena.judge(source, mode="script").script
        assert script is not None
        assert "on" in script.stdout


NO_LIMITS: Mutations = {
    # A player that is let in without limits.
    "player.py": [("lockdown.set_limits(", "(lambda *_: None)(")],
}


def test_without_limits_a_job_takes_what_it_likes(tmp_path: Path) -> None:
    with without(tmp_path, NO_LIMITS) as arena:
        verdict = arena.judge(
            answer_that_attacks(
                """
                import resource, threading
                kept = bytearray(300 << 20)
                with open("/tmp/big", "wb") as file:
                    for _ in range(17):
                        file.write(bytes(1 << 20))
                print(resource.getrlimit(resource.RLIMIT_NPROC)[0] > 48)
                return x + 1
                """,
                "third",
            )
        )
        assert verdict.cases[2].outcome == "passed", verdict.cases[2]
        assert verdict.cases[2].output == "True\n"


def test_the_question_itself_has_those_limits() -> None:
    text = (QUESTION / "question.toml").read_text()
    assert "memory_mb = 128" in text
    assert "disk_mb = 16" in text
