"""What a job may learn: nothing of another job, of the judge, of the service, or of the host's user."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import textwrap
from pathlib import Path

import pytest

from tests.attacks.arena import QUESTION, Arena

USERS_TOO = True

# Looks for a text in everything that this process can read of its own memory; the text comes in two halves, so that the
# search does not find itself.
SEARCH = """
import ctypes
needle = {halves!r}
needle = bytes(a ^ 1 for a in needle)
found = 0
searched = 0
for line in open("/proc/self/maps"):
    span, rights, *_ = line.split()
    if "r" not in rights or line.rstrip().endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
        continue
    start, end = (int(word, 16) for word in span.split("-"))
    for at in range(start, end, 1 << 22):
        block = ctypes.string_at(at, min(1 << 22, end - at))
        searched += len(block)
        found += block.count(needle)
        del block
print(found - 1, searched)  # the needle itself is one
"""


def search_for(marker: str) -> str:
    return SEARCH.format(halves=bytes(byte ^ 1 for byte in marker.encode()))


@pytest.fixture
def marker() -> str:
    return f"marker-{secrets.token_hex(12)}"


def test_nothing_of_an_earlier_job_is_left_in_memory(arena: Arena, marker: str) -> None:
    """Source, output, answer and error of a job pass through process 1, of which the next job's process is a copy."""
    arena.judge(f"print({marker!r}, flush=True)\nraise ValueError({marker!r})\n", mode="script")
    arena.judge(f"print({marker!r})\ndef solve(x):\n    return {marker!r}\n")
    verdict = arena.judge(search_for(marker), mode="script")
    assert verdict.script is not None
    assert verdict.script.outcome == "passed", verdict.script
    found, searched = map(int, verdict.script.stdout.split())
    assert searched > 50 << 20
    assert found == 0
    arena.heal()


def test_without_a_process_of_its_own_it_would_be_found(arena: Arena, marker: str) -> None:
    """The control: the same search does find what the process itself holds elsewhere."""
    source = f"kept = [chr(0).join({list(marker)!r}).replace(chr(0), '')]\n" + search_for(marker)
    verdict = arena.judge(source, mode="script")
    assert verdict.script is not None
    assert int(verdict.script.stdout.split()[0]) >= 1
    arena.heal()


def test_the_reference_and_the_cases_are_not_in_the_slot(
    arena: Arena, marker: str, tmp_path: Path
) -> None:
    """A word that stands in them is nowhere in the memory of the process that answers; one in the probe is."""
    folder = tmp_path / "add-one-marked"
    shutil.copytree(QUESTION, folder)
    searching = "def solve(x):\n    if x.numel() == 1:\n"
    searching += textwrap.indent(search_for(marker), "        ") + "    return x + 1\n"
    counts = {}
    for name in ("reference.py", "cases.py", "probe.py"):
        original = (folder / name).read_text()
        (folder / name).write_text(f"{original}\nKEY = {marker!r}\n")
        verdict = arena.sandbox.judge(folder, searching)
        (folder / name).write_text(original)
        assert verdict.outcome == "passed", verdict
        counts[name] = int((verdict.cases[0].output or "").split()[0])
    assert counts["reference.py"] == counts["cases.py"] == 0
    assert counts["probe.py"] > 0
    arena.heal()


def test_no_file_of_a_question_can_be_found(arena: Arena) -> None:
    source = """
import os
found = []
for top, folders, files in os.walk("/"):
    if top.startswith(("/proc", "/sys", "/usr")) or top.endswith("site-packages"):
        folders.clear()
        continue
    found += [os.path.join(top, name) for name in files
              if name in ("cases.py", "reference.py", "probe.py", "question.toml", "answer.py", "docker.sock")]
print(found)
"""
    verdict = arena.judge(source, mode="script")
    assert verdict.script is not None
    assert verdict.script.stdout == "[]\n"
    arena.heal()


def test_nothing_of_the_services_environment(arena: Arena) -> None:
    """SPY compares the environment with a new slot's on every heal; here it is compared with ours."""
    os.environ["TORCHROOM_TEST_SECRET"] = secret = secrets.token_hex()
    try:
        verdict = arena.judge(
            "import os\nprint(dict(os.environ))\nprint(open('/proc/self/environ').read()"
            " if os.access('/proc/self/environ', os.R_OK) else '')\n",
            mode="script",
        )
    finally:
        del os.environ["TORCHROOM_TEST_SECRET"]
    assert verdict.script is not None
    assert secret not in verdict.script.stdout
    names = set(eval(verdict.script.stdout.splitlines()[0]))
    assert names <= {
        "PATH",
        "LANG",
        "LC_CTYPE",
        "HOME",
        "TMPDIR",
        "OMP_NUM_THREADS",
        "PYTHONDONTWRITEBYTECODE",
        "TORCHINDUCTOR_CACHE_DIR",
    }
    arena.heal()


def test_only_its_own_pipes_are_open(arena: Arena) -> None:
    case = arena.strike(
        """
        kinds = {}
        for fd in range(4096):
            try:
                kinds[fd] = oct(os.fstat(fd).st_mode)[2:4]
            except OSError:
                pass
        print(json.dumps(sorted(kinds)))
        return x + 1
        """,
        "passed",
    )
    assert json.loads(case.output or "") == [0, 1, 2, 3, 4]
    arena.heal()


def test_the_inputs_of_later_cases_cannot_be_read_ahead(arena: Arena) -> None:
    """They are let in one by one. Read all at once, they could be printed under a case that shows its output."""
    case = arena.strike(
        """
        os.set_blocking(3, False)
        time.sleep(0.2)
        try:
            print(len(os.read(3, 1 << 20)))
        except BlockingIOError:
            print("nothing")
        os.set_blocking(3, True)
        return x + 1
        """,
        "passed",
    )
    assert case.output == "nothing\n"
    arena.heal()


def test_what_a_hidden_case_prints_is_shown_to_nobody(arena: Arena) -> None:
    verdict = arena.judge(
        "def solve(x):\n    print('size', x.numel(), flush=True)\n    return x + 1\n"
    )
    assert [case.output for case in verdict.cases] == ["size 1\n", "size 2\n", "size 3\n", None]
    arena.heal()


def test_files_of_an_earlier_job_are_gone(arena: Arena, marker: str) -> None:
    arena.judge(
        f"for folder in ('/tmp', '/dev/shm'):\n    with open(folder + '/{marker}', 'w') as file:\n        file.write({marker!r})\n",
        mode="script",
    )
    source = f"import os\nprint([os.path.exists(folder + '/{marker}') for folder in ('/tmp', '/dev/shm')])\n"
    verdict = arena.judge(source, mode="script")
    assert verdict.script is not None
    assert verdict.script.stdout == "[False, False]\n"
    arena.heal()


def test_other_processes_show_nothing_but_that_they_are_there(arena: Arena) -> None:
    source = """
import os
for pid in filter(str.isdigit, os.listdir("/proc")):
    if int(pid) != os.getpid():
        print(pid, open(f"/proc/{pid}/cmdline").read().split(chr(0))[:3])
"""
    verdict = arena.judge(source, mode="script")
    assert verdict.script is not None
    lines = verdict.script.stdout.splitlines()
    assert len(lines) == 1, lines
    assert "sandbox.image.zygote" in lines[0]
    arena.heal()
