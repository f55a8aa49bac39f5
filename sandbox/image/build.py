"""Build the slot's image on a Docker engine, once per content.

The tag is a hash of everything that goes in, so an image that is there is the right one and a
changed runner is a new image. The engine may be far away: all that the build needs travels in its
context. Run as a program it shows progress on stderr and prints the tag on stdout.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sandbox.errors import OurFailure
from sandbox.image import base

if TYPE_CHECKING:
    from docker import DockerClient

PACKAGE = Path(__file__).resolve().parent.parent
DOCKERFILE = "sandbox/image/Dockerfile"
NAME = "torchroom-sandbox"
# What works on the host's side of the wall; the image runs without it and need not change with it.
HOST_SIDE = {"build.py", "base.py", "Dockerfile", "seccomp.json"}
# Build argument in the Dockerfile <- setting. What is not set keeps the Dockerfile's own default.
SETTINGS = {
    "BASE": "TORCHROOM_SANDBOX_BASE",
    "TORCH_REQUIREMENT": "TORCHROOM_TORCH",
    "TORCH_BACKEND": "TORCHROOM_TORCH_BACKEND",
    "TORCH_INDEX": "TORCHROOM_TORCH_INDEX",
}
# Lines in which the classic builder speaks of its own layers, not of what is being installed.
ENGINE_TALK = ("--->", "Removing intermediate", "Successfully")
# Names an image that somebody else builds, such as docker-compose.yml.
READY_MADE = "TORCHROOM_SANDBOX_IMAGE"
IN_IMAGE = "/opt/torchroom/sandbox"
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def build_arguments() -> dict[str, str]:
    chosen = {name: os.environ.get(setting, "") for name, setting in SETTINGS.items()}
    return {name: value for name, value in chosen.items() if value}


def runner_files() -> Iterator[tuple[str, Path]]:
    """Path in the context and on this host of every file that the image is made of, in order."""
    for path in sorted([*PACKAGE.glob("*.py"), *PACKAGE.glob("image/**/*.py")]):
        if path.is_file() and path.name not in HOST_SIDE:
            yield f"sandbox/{path.relative_to(PACKAGE).as_posix()}", path


def image_tag() -> str:
    """Name and tag of the image that belongs to the files and settings as they are now."""
    digest = hashlib.sha256((PACKAGE / "image" / "Dockerfile").read_bytes())
    digest.update(repr(sorted(build_arguments().items())).encode())
    for name, path in runner_files():
        digest.update(f"\0{name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return f"{NAME}:{digest.hexdigest()[:16]}"


def ensure_image(client: DockerClient, progress: Callable[[str], None]) -> str:
    """The image's tag, after building it if the engine does not have it.

    `progress` gets a line of text now and then. Raises OurFailure with what to do about it.
    """
    from docker.errors import ImageNotFound  # the image has no docker package, and needs none

    if ready_made := os.environ.get(READY_MADE):
        check_ready_made(client, ready_made)
        return ready_made
    tag = image_tag()
    try:
        client.images.get(tag)
        return tag
    except ImageNotFound:
        pass
    arguments = build_arguments()
    base.ensure(client, arguments.get("BASE", base.DEFAULT), progress)
    progress(f"Building the sandbox image {tag}: once, for some minutes")
    arguments |= {name: os.environ[name] for name in PROXIES if name in os.environ}
    with tempfile.TemporaryFile() as context:
        write_context(context)
        context.seek(0)
        _build(client, context, tag, arguments, progress)
    return tag


def check_ready_made(client: DockerClient, name: str) -> None:
    """Raises OurFailure where the engine has no image `name`, or one of another version.

    The runner in it must be ours to the byte: both sides of the wall change together.
    """
    from docker.errors import ImageNotFound, NotFound

    again = "build it again: `docker compose build`, or `docker compose up --build`"
    try:
        client.images.get(name)
        created = client.api.create_container(
            name, ["true"], network_disabled=True, labels={"torchroom": "check"}
        )
    except ImageNotFound:
        raise OurFailure(
            f"the engine has no image {name}, which {READY_MADE} names; {again}"
        ) from None
    try:
        stream, _ = client.api.get_archive(created["Id"], IN_IMAGE)
        found = _runner_in(io.BytesIO(b"".join(stream)))
    except NotFound:
        found = {}
    finally:
        client.api.remove_container(created["Id"], force=True)
    if found != {path: file.read_bytes() for path, file in runner_files()}:
        raise OurFailure(f"the image {name} belongs to another version of Torchroom; {again}")


def _runner_in(archive: IO[bytes]) -> dict[str, bytes]:
    """The runner's files in a tar of the package: name in the context, and content."""
    found = {}
    with tarfile.open(fileobj=archive) as tar:
        for entry in tar:
            file = tar.extractfile(entry) if entry.name.endswith(".py") else None
            if file is not None and Path(entry.name).name not in HOST_SIDE:
                found[entry.name] = file.read()
    return found


def write_context(into: IO[bytes]) -> None:
    """The build's context as a tar: Dockerfile, runner, and what this host adds for its network."""
    with tarfile.open(fileobj=into, mode="w") as tar:
        tar.add(PACKAGE / "image" / "Dockerfile", DOCKERFILE, filter=_plain)
        for name, path in runner_files():
            tar.add(path, name, filter=_plain)
        if bundle := certificates():
            tar.add(bundle.resolve(), "extras/ca.crt", filter=_plain)
        for wheel in wheels():
            tar.add(wheel.resolve(), f"extras/wheels/{wheel.name}", filter=_plain)


def certificates() -> Path | None:
    """The certificates that this host was told to trust, when it was told so."""
    for setting in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"):
        path = Path(os.environ.get(setting, ""))
        if path.is_file():
            return path
    return None


def wheels() -> list[Path]:
    """Wheels to install from: all in TORCHROOM_WHEELS, else the torch that pip is pointed to."""
    if folder := os.environ.get("TORCHROOM_WHEELS"):
        return sorted(Path(folder).glob("*.whl"))
    folders = [Path(word.removeprefix("file://")) for word in _find_links()]
    return sorted(wheel for folder in folders for wheel in folder.glob("torch-*linux*.whl"))


def _find_links() -> list[str]:
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    words: list[str] = []
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        if key.endswith(".find-links"):
            words += value.strip("'\"").replace("\\n", " ").split()
    return list(dict.fromkeys(words))


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    # Owner, mode and time differ from clone to clone, and would make the engine build anew.
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o644
    return entry


def _build(
    client: DockerClient,
    context: IO[bytes],
    tag: str,
    arguments: dict[str, str],
    progress: Callable[[str], None],
) -> None:
    last: list[str] = []
    stream = client.api.build(
        fileobj=context,
        custom_context=True,
        dockerfile=DOCKERFILE,
        tag=tag,
        buildargs=arguments,
        network_mode="host",
        rm=True,
        forcerm=True,
        decode=True,
    )
    for message in stream:
        for line in io.StringIO(message.get("stream", "")):
            if (text := line.strip()) and not text.startswith(ENGINE_TALK):
                last = [*last[-9:], text]
                progress(text)
        if error := message.get("error"):
            said = "\n  ".join(last)
            raise OurFailure(f"The sandbox image could not be built: {error}\n  {said}")


def main() -> None:
    import docker

    try:
        print(ensure_image(docker.from_env(), lambda line: print(line, file=sys.stderr)))
    except (docker.errors.DockerException, OurFailure) as error:
        raise SystemExit(f"No sandbox image: {error}") from error


if __name__ == "__main__":
    main()
