"""The page's own tests, run by its own runner, and what its lock file may say."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
sys.path.insert(0, str(ROOT / "tools"))  # the tools are programs in a folder, not a package

import node  # noqa: E402


def test_the_page_passes_its_unit_tests() -> None:
    python = Path(sys.executable)
    npm = node.npm(python)
    assert npm is not None, "run `make setup`: it finds npm or installs one"
    done = subprocess.run(
        [*npm, "test"],
        cwd=FRONTEND,
        env={**node.environment(python), "NO_COLOR": "1", "CI": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_the_lock_file_pins_every_package_by_content() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    packages = {name: about for name, about in lock["packages"].items() if name}
    assert packages
    assert [name for name, about in packages.items() if not about.get("integrity")] == []
