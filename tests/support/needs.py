"""What a test may need of the machine, and why it cannot be had here.

Each function answers with an empty string where the thing is there, else with one sentence that
says what to install. They are asked once in a test run.
"""

import functools
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def docker() -> str:
    import docker as sdk
    from docker.errors import DockerException

    try:
        client = sdk.from_env(timeout=10)
        try:
            client.ping()
        finally:
            client.close()
    except DockerException:
        return "no Docker engine answers: install docker.io (or Docker) and start it"
    return ""


def compose_program() -> list[str] | None:
    """The command that is Compose: Debian's docker-compose, else the engine's plugin."""
    if found := shutil.which("docker-compose"):
        return [found]
    if shutil.which("docker"):
        command = ["docker", "compose"]
        asked = subprocess.run([*command, "version"], capture_output=True, check=False)
        return command if asked.returncode == 0 else None
    return None


@functools.cache
def compose() -> str:
    if compose_program() is None:
        return "neither docker-compose nor the compose plugin: install docker-compose"
    return ""


@functools.cache
def bubblewrap() -> str:
    program = shutil.which("bwrap")
    if program is None:
        return "bwrap is not installed: install bubblewrap"
    command = [program, "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    if tried.returncode:
        return f"bwrap may not make namespaces here: {tried.stderr.strip()}"
    return ""


def postgres_programs() -> Path | None:
    """The folder with initdb and pg_ctl. Debian keeps them off PATH, one folder a version."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


@functools.cache
def postgres() -> str:
    if postgres_programs() is None:
        return "no initdb: install postgresql"
    return ""


def chromium_program() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    chosen = os.environ.get("TORCHROOM_CHROMIUM")
    return chosen or next((path for name in names if (path := shutil.which(name))), None)


@functools.cache
def browser() -> str:
    if chromium_program() is None:
        return "no Chromium on PATH: install chromium, or name one in TORCHROOM_CHROMIUM"
    return ""


@functools.cache
def frontend() -> str:
    # `make test` builds it, so this is for who calls pytest by hand in a fresh clone.
    if not (ROOT / "frontend" / "dist" / "index.html").is_file():
        return "the page is not built: run `make setup`"
    return ""


@functools.cache
def root() -> str:
    return "" if os.geteuid() == 0 else "not root: run the tests as root"


@functools.cache
def no_gpu() -> str:
    import docker as sdk

    client = sdk.from_env(timeout=10)
    try:
        runtimes = client.info()["Runtimes"]
    finally:
        client.close()
    # With one, Compose would go on to build an image of several gigabytes.
    return (
        "the engine has a GPU: see elsewhere what is said without" if "nvidia" in runtimes else ""
    )


@functools.cache
def host() -> str:
    lacking = [program for program in ("nsenter", "ip") if shutil.which(program) is None]
    return f"no {' and no '.join(lacking)}: install util-linux and iproute2" if lacking else ""


@functools.cache
def nginx() -> str:
    lacking = [program for program in ("nginx", "openssl") if shutil.which(program) is None]
    return f"no {' and no '.join(lacking)}: install nginx-light and openssl" if lacking else ""


# Marker -> what it needs.
NEEDS = {
    "docker": (docker,),
    "stack": (docker, compose),
    "root": (root,),
    "no_gpu": (no_gpu,),
    "host": (docker, root, host),
    "nginx": (nginx,),
    "bubblewrap": (bubblewrap,),
    "postgres": (postgres,),
    "browser": (browser, frontend),
}
# Fixture -> the marker that a test gets by using it.
MARKER_OF_FIXTURE = {
    "docker_engine": "docker",
    "sandbox_image": "docker",
    "built": "stack",
    "stack": "stack",
    "postgres_url": "postgres",
    "migrated_postgres_url": "postgres",
    "browser": "browser",
    "chromium": "browser",
}


def missing(marker: str) -> str:
    return "; ".join(said for need in NEEDS[marker] if (said := need()))
