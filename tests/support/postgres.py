"""A real PostgreSQL server for the length of a test run, and an empty database for each test."""

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from backend.db import Database
from tests.support.needs import postgres_programs


def server_user() -> str:
    """Who runs the server: it refuses root, so root lends it to somebody with fewer rights."""
    if os.geteuid() != 0:
        return getpass.getuser()
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def run(folder: Path, program: str, *arguments: str) -> None:
    programs = postgres_programs()
    assert programs is not None
    owner = pwd.getpwnam(server_user())
    # pg_ctl leaves its stdout and stderr to the server, so a pipe would never end: a file does.
    with Path(folder, f"{program}.log").open("wb") as log:
        done = subprocess.run(
            [str(programs / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            user=owner.pw_uid if os.geteuid() == 0 else None,
            group=owner.pw_gid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
            check=False,
        )
    if done.returncode:
        said = "\n".join(path.read_text(errors="replace") for path in folder.glob("*.log"))
        pytest.fail(f"{program} failed:\n{said}")


@contextmanager
def running_server(*options: str) -> Iterator[Path]:
    """A new server with these options (`fsync=off`); gives the folder of its socket."""
    # Not under pytest's own folder: that is closed to the user that runs the server, and a socket's
    # path may not be longer than 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="torchroom-pg-"))
    if os.geteuid() == 0:
        owner = pwd.getpwnam(server_user())
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data = folder / "data"
    run(
        folder,
        "initdb",
        "-D",
        str(data),
        "-U",
        "torchroom",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-sync",
    )
    settings = " ".join(f"-c {one}" for one in (f"unix_socket_directories={folder}", *options))
    run(
        folder,
        "pg_ctl",
        "-D",
        str(data),
        "-w",
        "-l",
        str(folder / "server.log"),
        "-o",
        settings,
        "start",
    )
    try:
        yield folder
    finally:
        run(folder, "pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Path]:
    """The folder of the server's socket. It listens nowhere else."""
    with running_server("listen_addresses=''", "fsync=off") as folder:
        yield folder


def address(server: Path, database: str) -> str:
    """As SQLAlchemy has it."""
    return f"postgresql+psycopg://torchroom@/{database}?host={quote(str(server), safe='')}"


@contextmanager
def new_database(server: Path, template: str = "template1") -> Iterator[str]:
    """The address of a database that is dropped afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    host = f"host={server} user=torchroom"
    with psycopg.connect(f"{host} dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield address(server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server: Path) -> Iterator[str]:
    """SQLAlchemy's address of an empty database that is dropped after the test."""
    with new_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Path) -> str:
    """Name of a database as the migrations make it: copying it takes a tenth of their time."""
    name = "migrated"
    host = f"host={postgres_server} user=torchroom"
    with psycopg.connect(f"{host} dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    database = Database(address(postgres_server, name))
    database.migrate()
    database.close()
    return name


@pytest.fixture
def migrated_postgres_url(postgres_server: Path, postgres_template: str) -> Iterator[str]:
    """The address of a migrated database that is dropped after the test."""
    with new_database(postgres_server, postgres_template) as url:
        yield url
