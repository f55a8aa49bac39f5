"""A Postgres of a test's own: one that it may stop, and that asks for passwords over TCP."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from backend.db import Database
from tests.support.postgres import address, run, running_server

# The owner comes by the socket, executors over the network, as in docker-compose.yml.
HBA = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@dataclass
class OwnPostgres:
    folder: Path
    port: int
    options: tuple[str, ...]
    number: int = 0
    is_running: bool = True

    def database(self, *, migrated: bool = True) -> str:
        """The owner's URL of a new one."""
        self.number += 1
        with psycopg.connect(
            f"host={self.folder} user=torchroom dbname=postgres port={self.port}"
        ) as owner:
            owner.autocommit = True
            owner.execute(f"CREATE DATABASE own_{self.number}".encode())
        url = f"{address(self.folder, f'own_{self.number}')}&port={self.port}"
        if migrated:
            database = Database(url)
            database.migrate()
            database.close()
        return url

    def elsewhere(self, url: str) -> str:
        """The same as another machine has it."""
        there = make_url(url).set(host="127.0.0.1", port=self.port)
        return there.difference_update_query(["host", "port"]).render_as_string(False)

    def stop(self) -> None:
        self._control("-m", "fast", "stop")
        self.is_running = False

    def start(self) -> None:
        options = " ".join(f"-c {one}" for one in self.options)
        self._control("-l", str(self.folder / "server.log"), "-o", options, "start")
        self.is_running = True

    def _control(self, *words: str) -> None:
        run(self.folder, "pg_ctl", "-D", str(self.folder / "data"), "-w", *words)


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ("listen_addresses=127.0.0.1", f"port={port}", "fsync=off")
    with running_server(*options) as folder:
        own = OwnPostgres(folder, port, (f"unix_socket_directories={folder}", *options))
        (folder / "data" / "pg_hba.conf").write_text(HBA)
        own._control("reload")
        try:
            yield own
        finally:
            if not own.is_running:
                own.start()
