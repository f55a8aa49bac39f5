"""Style, types and who imports whom: what `make lint` checks, each as one test."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
CHECKS = [
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["mypy"],
    ["lint-imports", "--no-logo"],
]


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=" ".join)
def test_lint(check: list[str]) -> None:
    command = [str(PROGRAMS / check[0]), *check[1:]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_make_lint_checks_the_same() -> None:
    makefile = (ROOT / "Makefile").read_text()
    target = makefile.split("\nlint:")[1].split("\n\n")[0]
    called = [line.removeprefix("\t.venv/bin/") for line in target.splitlines()[2:]]
    assert called == [" ".join(check) for check in CHECKS]
