"""Bring a clone to where it can run, and skip whatever is there already.

`setup.py run` is what the service needs; `setup.py dev` adds what tests and checks need. Every
step has a fingerprint of all that it depends on; a step whose fingerprint stands is skipped, so
that doing it all again costs some hundredths of a second. Standard library only, since it comes
before all else.
"""

import contextlib
import fcntl
import os
import sys
import time
import tomllib
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import node
import progress
from fingerprint import Stamp, of_files, of_values

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "frontend"
STAMPS = ROOT / ".cache" / "setup"


@dataclass(frozen=True)
class Step:
    title: str
    stamp: Stamp
    act: Callable[[], None]


def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def environment_step() -> Step:
    def act() -> None:
        if not is_ours():
            venv.create(VENV, clear=True, with_pip=True, symlinks=True)

    return Step("Virtual environment in .venv", Stamp(VENV / ".torchroom" / "made", str(VENV)), act)


def is_ours() -> bool:
    """Whether an environment is there that works: one made by hand is kept, a moved one is not."""
    program = VENV / "bin" / "pip"
    if not (PYTHON.exists() and program.exists()):
        return False
    return program.read_text().startswith(f"#!{VENV}/")


def torch_step() -> Step:
    requirement, *others = project()["optional-dependencies"]["torch"]
    requirement = os.environ.get("TORCHROOM_TORCH") or requirement
    index = os.environ.get("TORCHROOM_TORCH_INDEX") or ""
    wanted = of_values(requirement, others)
    path = VENV / ".torchroom" / "torch"
    # A few hundred MB are not fetched again because a setting was left away the second time.
    kept = path.read_text().split() if path.is_file() else []
    there = kept[1] if len(kept) == 2 and kept[0] == wanted else "cpu"
    backend = os.environ.get("TORCHROOM_TORCH_BACKEND") or there

    def act() -> None:
        program = ROOT / "sandbox" / "image" / "install_torch.py"
        chosen = ["--requirement", requirement, "--backend", backend, "--index", index]
        run("PyTorch", str(PYTHON), str(program), *chosen, *others)

    return Step("PyTorch", Stamp(path, f"{wanted} {backend}"), act)


def packages_step(extra: str) -> Step:
    table = project()
    wanted = of_values(str(ROOT), table["dependencies"], table["scripts"])
    target = str(ROOT)
    if extra:
        wanted = of_values(wanted, table["optional-dependencies"][extra])
        target = f"{ROOT}[{extra}]"

    def act() -> None:
        run(title, str(PYTHON), "-m", "pip", "install", "--editable", target)

    name = f"packages-{extra}" if extra else "packages"
    title = f"Python packages ({extra})" if extra else "Python packages"
    return Step(title, Stamp(VENV / ".torchroom" / name, wanted), act)


def modules_step() -> Step:
    lock = FRONTEND / "package-lock.json"
    wanted = of_files(FRONTEND, [lock])

    def act() -> None:
        run("JavaScript packages", *npm(), "ci", "--no-audit", "--no-fund", cwd=FRONTEND)

    stamp = Stamp(FRONTEND / "node_modules" / ".torchroom", wanted)
    return Step("JavaScript packages", stamp, act)


def page_step() -> Step:
    left_out = {"node_modules", "dist", "tests"}
    wanted = of_files(FRONTEND, walk(FRONTEND, left_out))

    def act() -> None:
        run("The page", *npm(), "run", "build", cwd=FRONTEND)

    return Step("The page", Stamp(STAMPS / "page", wanted, FRONTEND / "dist" / "index.html"), act)


def npm() -> list[str]:
    """The command that is npm, after installing one into the virtual environment if need be."""
    if node.npm(PYTHON) is None:
        run("Node", str(PYTHON), "-m", "pip", "install", node.WHEEL)
    found = node.npm(PYTHON)
    assert found is not None
    return found


def walk(folder: Path, left_out: set[str]) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if entry.name in left_out or entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from walk(Path(entry.path), left_out)
        else:
            yield Path(entry.path)


def run(title: str, *command: str, cwd: Path = ROOT) -> None:
    progress.run(f"setup: {title}", list(command), cwd, node.environment(PYTHON))


def say(text: str) -> None:
    print(f"setup: {text}", file=sys.stderr, flush=True)


def settle(step: Step) -> None:
    if step.stamp.stands():
        return
    say(f"{step.title} …")
    started = time.monotonic()
    step.stamp.lift()
    step.act()
    step.stamp.put()
    say(f"{step.title}: done in {time.monotonic() - started:.0f} s")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    STAMPS.mkdir(parents=True, exist_ok=True)
    with (STAMPS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another set-up of this clone")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    purpose = sys.argv[1] if len(sys.argv) == 2 else ""
    if purpose not in ("run", "dev"):
        raise SystemExit("usage: setup.py run|dev")
    with one_at_a_time():
        settle(environment_step())
        settle(torch_step())
        everything = packages_step("dev")
        if purpose == "dev":
            settle(everything)
        elif not everything.stamp.stands():
            settle(packages_step(""))
        settle(modules_step())
        settle(page_step())


if __name__ == "__main__":
    main()
