"""What `make bench-scale` is made of: Postgres, services and executors as processes, a client."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sqlalchemy import make_url

from backend.bench import last_event
from backend.db import connection_arguments
from tests.support.postgres import running_server

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "layer-norm"
CODE = (ROOT / "questions" / QUESTION / "reference.py").read_text(encoding="utf-8")
WAIT_SECONDS = 60.0

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    """Of a database that is always there, as the owner."""
    seen: psutil.Process

    def cpu(self) -> float:
        """Seconds of the processor so far, of all its processes: also of those that have ended."""
        times = self.seen.cpu_times()
        total = times.user + times.system + times.children_user + times.children_system
        for child in self.seen.children():
            times = child.cpu_times()
            total += times.user + times.system
        return float(total)


@contextmanager
def postgres() -> Iterator[Server]:
    """A server as people run it: reached over TCP, and each commit is on the disk (fsync)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running_server("listen_addresses=127.0.0.1", f"port={port}", "max_connections=200") as at:
        number = (at / "data" / "postmaster.pid").read_text().splitlines()[0]
        url = f"postgresql+psycopg://torchroom@127.0.0.1:{port}/postgres"
        yield Server(url, psutil.Process(int(number)))


def new_database(server: Server, name: str) -> str:
    with look_into(server.url) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return make_url(server.url).set(database=name).render_as_string(hide_password=False)


def look_into(url: str) -> Connection:
    """For the bench itself, which looks at the rows as the owner."""
    return psycopg.connect(**connection_arguments(url), autocommit=True)


class Program:
    """tests.load.stand_in in a process of its own."""

    def __init__(self, folder: Path, *arguments: str, **settings: str) -> None:
        folder.mkdir(exist_ok=True)
        own = {
            name: value for name, value in os.environ.items() if not name.startswith("TORCHROOM_")
        }
        settings = {"DATA": str(folder), "LOG_LEVEL": "warning", **settings}
        with (folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.load.stand_in", *arguments],
                cwd=ROOT,
                env={**own, **{f"TORCHROOM_{name}": value for name, value in settings.items()}},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._log = folder / "log"
        self._seen = psutil.Process(self.process.pid)

    def first_line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        if not line:
            raise SystemExit(f"It did not start:\n{self._log.read_text()}")
        return line

    def open_gate(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def cpu(self) -> float:
        """Seconds of the processor so far."""
        times = self._seen.cpu_times()
        return times.user + times.system

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        finally:
            self.process.kill()
            for pipe in (self.process.stdin, self.process.stdout):
                assert pipe is not None
                pipe.close()


@contextmanager
def service(folder: Path, job: float, **settings: str) -> Iterator["Client"]:
    settings = {"PORT": "0", "QUEUE_LIMIT": "2000", "SLOTS": "1", **settings}
    program = Program(folder, "serve", "--job", str(job), **settings)
    try:
        yield Client(program.first_line(), program)
    finally:
        program.stop()


@contextmanager
def executors(
    folder: Path, urls: list[str], job: float, slots: int, *, gate: bool = False
) -> Iterator[list[Program]]:
    """One for each URL, each under its own role; with `gate` they join, but judge only later."""
    arguments = ["executor", "--job", str(job), *(["--gate"] if gate else [])]
    programs = [
        Program(
            folder / f"executor-{number}",
            *arguments,
            DATABASE=url,
            EXECUTOR_NAME=f"executor-{number}",
            SLOTS=str(slots),
        )
        for number, url in enumerate(urls)
    ]
    try:
        yield programs
    finally:
        for program in programs:
            program.process.terminate()
        for program in programs:
            program.stop()


@dataclass(frozen=True, slots=True)
class Told:
    """One run, as its sender saw it. Seconds since it was sent."""

    answered: float
    finished: float
    started_at: float
    """By the clock of the database's host, which is this one."""
    ended_at: float


class Client:
    """A browser's side of the API, on a connection that is kept."""

    def __init__(self, address: str, program: Program) -> None:
        self.program = program
        self._host = address.removeprefix("http://")
        self._connection = http.client.HTTPConnection(self._host, timeout=WAIT_SECONDS)

    def another(self) -> "Client":
        """For another thread."""
        return Client(self._host, self.program)

    def send(self, mode: str) -> str:
        body = json.dumps({"question": QUESTION, "mode": mode, "code": CODE})
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", "/api/v1/runs", body, headers)
        response = self._connection.getresponse()
        answer = json.loads(response.read())
        assert response.status == 202, answer
        return str(answer["id"])

    def time_one(self, mode: str) -> Told:
        """From the first byte of the code sent to the event that says how it ended."""
        at, began = time.time(), time.perf_counter()
        run = self.send(mode)
        answered = time.perf_counter() - began
        self._connection.request("GET", f"/api/v1/runs/{run}/events")
        stream = self._connection.getresponse()
        view = last_event(stream)
        finished = time.perf_counter() - began
        stream.read()
        assert view["verdict"]["outcome"] == "passed", view
        started, ended = (
            datetime.fromisoformat(view[name]).timestamp() - at
            for name in ("started_at", "finished_at")
        )
        return Told(answered, finished, started, ended)

    def wait_for_slots(self, slots: int) -> None:
        def ready() -> bool:
            self._connection.request("GET", "/api/v1/system")
            about = json.loads(self._connection.getresponse().read())
            return about["slot"]["state"] == "ready" and about["slots"] == slots

        wait_until(ready, f"{slots} slots")


def wait_until(there: Callable[[], bool], what: str, seconds: float = WAIT_SECONDS) -> None:
    until = time.monotonic() + seconds
    while not there():
        if time.monotonic() > until:
            raise SystemExit(f"Waited in vain for {what}.")
        time.sleep(0.05)


def count(connection: Connection, question: str) -> int:
    row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return int(row[0])
