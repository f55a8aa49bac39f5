"""`torchroom executor` as a process of its own, with a role's URL in a file and nothing else."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url

from backend.app import create_app
from backend.db import Database
from backend.fleet import queries, roles
from backend.settings import Settings
from tests.backend.conftest import LOCAL
from tests.backend.example_question import REFERENCE, write_question
from tests.backend.fake_sandbox import FakeSandbox
from tests.backend.own_postgres import OwnPostgres, own_postgres
from tests.backend.talk import RUNS, finished, hear, send_ok
from tests.backend.test_executor import until

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
ROOT = Path(__file__).resolve().parents[2]
TORCHROOM = [sys.executable, "-m", "backend.cli"]


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    with own_postgres() as server:
        yield server


@pytest.fixture
def url(server: OwnPostgres) -> str:
    """The owner's."""
    return server.database()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    limits = {"memory_mb = 256": "memory_mb = 256\nseconds = 2.0"}
    write_question(tmp_path / "questions", "scale-rows", changes=limits)
    return tmp_path


@pytest.fixture
def role(server: OwnPostgres, url: str) -> Iterator[str]:
    """A role's URL, over the network and with a password."""
    name = f"n{secrets.token_hex(6)}"
    owner = Database(url)
    yield server.elsewhere(roles.add(owner, name))
    with contextlib.suppress(roles.RoleError):  # a test may have taken it away itself
        roles.remove(owner, name)
    owner.close()


class Process:
    """One executor, and what it says."""

    def __init__(self, folder: Path, *options: str, **variables: str) -> None:
        self.talk = folder / f"talk-{secrets.token_hex(4)}.txt"
        self.data = folder / "executor"
        command = [*TORCHROOM, "executor", "--slot", "process", "--data", str(self.data)]
        command += ["--questions", str(folder / "questions"), *options]
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        with self.talk.open("wb") as talk:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=talk, env=kept | variables
            )

    def said(self) -> str:
        return " ".join(self.talk.read_text().split())

    def waits_to_say(self, sentence: str) -> None:
        until(lambda: sentence in self.said() or self.process.poll() is not None, 60)
        assert sentence in self.said(), self.said()

    def code(self, seconds: float = 30) -> int:
        return self.process.wait(seconds)

    def stop(self) -> tuple[float, int]:
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.code()
        return time.monotonic() - began, code


Start = Callable[..., Process]


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    started: list[Process] = []

    def start(url: str, *options: str, **variables: str) -> Process:
        secret = folder / f"url-{len(started)}"
        secret.write_text(url + "\n")
        variables = {"TORCHROOM_DATABASE_FILE": str(secret)} | variables
        started.append(Process(folder, *options, **variables))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


@pytest.fixture
def web(folder: Path, url: str) -> Iterator[TestClient]:
    settings = Settings(
        data=folder / "web",
        questions=folder / "questions",
        frontend=folder / "dist",
        database=url,
        executor="elsewhere",
    )
    with TestClient(create_app(settings, FakeSandbox()), base_url=LOCAL) as client:
        yield client


def health(process: Process) -> subprocess.CompletedProcess[str]:
    command = [*TORCHROOM, "health", "--executor"]
    about = {"TORCHROOM_DATA": str(process.data), "PATH": os.environ["PATH"]}
    return subprocess.run(command, cwd=ROOT, env=about, capture_output=True, text=True, check=False)


def test_a_run_is_judged_and_a_signal_gives_back_what_is_under_way(
    web: TestClient, url: str, role: str, start: Start
) -> None:
    first = send_ok(web, f"import torch\n{REFERENCE}")
    process = start(role, "--name", "far")
    assert finished(web, first)["verdict"]["outcome"] == "passed"
    assert health(process).returncode == 0
    assert web.get("/api/v1/system").json()["executors"] == 1
    said = process.said()
    assert 'Joining as "far", for cpu runs.' in said
    assert "Slots are ready: 1 × process" in said
    assert "Adding tasks" not in said
    assert make_url(role).password not in said
    run_id = send_ok(web, "def scale_rows(x, scale):\n    while True: pass\n")
    until(lambda: web.get(f"{RUNS}/{run_id}").json()["state"] == "running", 30)
    took, code = process.stop()
    assert (code, took < 3) == (0, True), took
    run = web.get(f"{RUNS}/{run_id}").json()
    assert (run["state"], run["losses"]) == ("queued", 0)
    assert health(process).returncode == 1
    until(lambda: web.get("/api/v1/system").json()["slot"]["state"] == "away")
    start(role, "--name", "other")
    assert [told.event for told in hear(web, run_id)][-1] == "finished"


def test_of_two_under_one_name_the_first_ends_and_says_why(role: str, start: Start) -> None:
    first = start(role, "--name", "one", TORCHROOM_LEASE_SECONDS="3")
    first.waits_to_say("Slots are ready")
    second = start(role, "--name", "one", TORCHROOM_LEASE_SECONDS="3")
    assert first.code() == 2
    assert 'Another executor has joined under the name "one"' in first.said()
    assert "Traceback" not in first.said()
    assert second.process.poll() is None


def test_one_whose_role_is_taken_away_ends_and_says_why(url: str, role: str, start: Start) -> None:
    process = start(role, TORCHROOM_LEASE_SECONDS="3")
    process.waits_to_say("Slots are ready")
    owner = Database(url)
    name = make_url(role).username
    assert name
    roles.remove(owner, name.removeprefix(roles.PREFIX))
    with owner.write() as session:
        queries.forget(session, name)
    owner.close()
    assert process.code() == 2
    assert "The database turns this executor away" in process.said()
    assert health(process).returncode == 1


def test_a_wrong_password_is_said_to_be_wrong(role: str, start: Start) -> None:
    wrong = make_url(role).set(password="wrong").render_as_string(False)
    process = start(wrong)
    assert process.code() == 2
    said = process.said()
    assert "password authentication failed" in said
    assert "`torchroom fleet add` makes the URL of a role that may join" in said
    assert said.count("turns this executor away") == 1
    assert "Traceback" not in said


def test_a_database_that_is_not_migrated_is_waited_for(
    server: OwnPostgres, role: str, start: Start
) -> None:
    empty = server.database(migrated=False)
    there = make_url(role).set(database=make_url(empty).database).render_as_string(False)
    process = start(there)
    process.waits_to_say("The database is not at this version")
    owner = Database(empty)
    owner.migrate()
    process.waits_to_say("This role may not judge")
    roles.ensure(owner, there)
    process.waits_to_say("The database answers, and this executor has joined.")
    assert process.said().count("The database is not at this version") == 1
    took, code = process.stop()
    assert (code, took < 3) == (0, True), took
    # Or the role could not be dropped.
    owner.close()
    other = Database(empty)
    with other.engine.connect() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {make_url(there).username}")
        connection.commit()
    other.close()


def test_a_server_that_is_away_is_waited_for_without_many_words(
    web: TestClient, server: OwnPostgres, role: str, start: Start
) -> None:
    server.stop()
    try:
        process = start(role)
        process.waits_to_say("The database does not answer")
        assert process.process.poll() is None
        time.sleep(5)  # two or three more attempts
        said = process.talk.read_text()
        assert " ".join(said.split()).count("Trying again until it does.") == 1
        assert said.count('"warning"') <= 3, said
        assert "Traceback" not in said
        took, code = process.stop()
        assert (code, took < 3) == (0, True), took
        process = start(role)
        process.waits_to_say("The database does not answer")
    finally:
        server.start()
    process.waits_to_say("The database answers, and this executor has joined.")
    assert finished(web, send_ok(web, REFERENCE))["verdict"]["outcome"] == "passed"


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"TORCHROOM_DATABASE": "sqlite:////tmp/x.db"}, "joins a service through its Postgres"),
        ({}, "joins a service through its Postgres database: name it in TORCHROOM_DATABASE"),
        ({"TORCHROOM_DATABASE_FILE": "/no/such"}, "/no/such, which cannot be read: No such file"),
        ({"TORCHROOM_DATABASE": "mysql://secret@x/y"}, "no database URL that can be used here"),
        ({"TORCHROOM_DATABASE": "a", "TORCHROOM_DATABASE_FILE": "b"}, "are both given"),
        ({"TORCHROOM_SLOTS": "0"}, "slots is 0"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    folder: Path, variables: dict[str, str], sentence: str
) -> None:
    process = Process(folder, **variables)
    assert process.code() == 2
    assert sentence in process.said()
    assert "Traceback" not in process.said()
    assert "secret" not in process.said()
