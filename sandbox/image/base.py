"""The image that ours starts from: pulled from a registry, or made here where none answers."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.errors import OurFailure

if TYPE_CHECKING:
    from docker import DockerClient

DEFAULT = "debian:bookworm-slim"
SUITE = "bookworm"
# What makes Debian's base slim: nobody reads manuals in a slot.
LEFT_OUT = (
    "var/cache/apt",
    "var/lib/apt/lists",
    "var/log",
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
)


def ensure(client: DockerClient, name: str, progress: Callable[[str], None]) -> None:
    """Have `name` on the engine. Raises OurFailure where it can neither be pulled nor made."""
    from docker.errors import APIError, ImageNotFound

    try:
        client.images.get(name)
        return
    except ImageNotFound:
        progress(f"Fetching {name}")
    try:
        client.images.pull(name)
    except APIError as error:
        if name != DEFAULT or os.geteuid() != 0 or not shutil.which("debootstrap"):
            raise OurFailure(
                f"The engine has no image {name} and cannot pull it "
                f"({error.explanation or error}). Load it into the engine, or name another Debian "
                "image in TORCHROOM_SANDBOX_BASE, or install debootstrap and run "
                "`python -m sandbox.image.build` once as root."
            ) from error
        _make(client, name, progress)


def _make(client: DockerClient, name: str, progress: Callable[[str], None]) -> None:
    progress(f"No registry answers: making {name} from Debian's packages, about a minute")
    repository, _, tag = name.partition(":")
    with tempfile.TemporaryDirectory(prefix="torchroom-base-") as folder:
        root, archive = Path(folder, "root"), Path(folder, "base.tar")
        _run("debootstrap", "--variant=minbase", SUITE, str(root))
        left_out = [f"--exclude=./{path}/*" for path in LEFT_OUT]
        _run("tar", "--numeric-owner", *left_out, "-C", str(root), "-cf", str(archive), ".")
        client.api.import_image_from_file(str(archive), repository=repository, tag=tag)


def _run(*command: str) -> None:
    answer = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if answer.returncode:
        last = "\n  ".join(answer.stdout.splitlines()[-5:])
        raise OurFailure(f"{command[0]} failed ({answer.returncode}):\n  {last}")
