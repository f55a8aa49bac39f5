"""`torchroom fleet`: who is there, in which state, with what."""

import io
import json
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import make_url
from typer.testing import CliRunner

from backend.cli import app
from backend.db import Database
from backend.fleet import queries, roles
from backend.fleet.listing import FleetList, read_fleet, to_text
from backend.queue.contract import Queue
from tests.attacks.executor import House
from tests.backend.queues import NOON, Engine, claim

READY = {"state": "ready", "kind": "docker", "torch": "2.13.0", "layers": [], "problem": None}
FAR = 3e9  # seconds: the listing goes by the database's clock, and queues here by the test's


def read(engine: Engine) -> FleetList:
    with engine.database.read() as session:
        return read_fleet(session)


def state(engine: Engine, name: str) -> str:
    return next(one.state for one in read(engine).executors if one.name == name)


def beat(queue: Queue, at: float = FAR, **status: Any) -> None:
    from tests.backend.queues import after

    queue.beat(READY | status, [], after(at))


def test_states_from_joining_to_being_lost(engine: Engine) -> None:
    queue = engine.executor("one", at=FAR)
    assert state(engine, "one") == "starting"
    beat(queue, state="failed", problem="No engine.")
    assert state(engine, "one") == "failed"
    beat(queue)
    assert state(engine, "one") == "ready"
    engine.put("a")
    lease = claim(queue)
    drain(engine, "one", True)
    assert state(engine, "one") == "draining"
    queue.give_back([lease])
    assert state(engine, "one") == "drained"
    assert queue.claim(NOON, ("submit",)) is None
    drain(engine, "one", False)
    assert state(engine, "one") == "ready"
    beat(queue, at=0)
    assert state(engine, "one") == "lost"
    queue.leave()
    assert read(engine).executors == ()


def test_draining_outlives_a_restart_of_the_executor(engine: Engine) -> None:
    engine.executor("one", at=FAR)
    drain(engine, "one", True)
    assert engine.executor("one", at=FAR).beat(READY, [], NOON) is True


def drain(engine: Engine, name: str, wanted: bool) -> None:
    with engine.database.write() as session:
        assert queries.set_drain(session, name, wanted)


def test_the_shape_of_the_json(engine: Engine) -> None:
    queue = engine.executor("one", at=FAR)
    beat(queue)
    for name, mode in (("a", "run"), ("b", "submit"), ("c", "submit")):
        engine.put(name, mode)
    claim(queue)
    fleet = json.loads(json.dumps(read(engine).to_json()))
    under_way = fleet["executors"][0].pop("under_way")
    joined = fleet["executors"][0].pop("joined_at")
    assert joined.endswith("Z")
    assert fleet == {
        "executors": [
            {
                "name": "one",
                "state": "ready",
                "host": "host",
                "role": "torchroom",
                "version": "0",
                "device": "cpu",
                "slots": 2,
                "kind": "docker",
                "torch": "2.13.0",
                "problem": None,
            }
        ],
        "waiting": {"cpu:submit": 2},
    }
    assert [(one["run"], one["question"], one["mode"]) for one in under_way] == [
        ("a", "scale-rows", "run")
    ]
    assert under_way[0]["seconds"] > 0


def text(fleet: FleetList) -> str:
    to = io.StringIO()
    Console(file=to, width=200, color_system=None).print(to_text(fleet))
    return to.getvalue()


def test_people_read_a_table(engine: Engine) -> None:
    assert text(read(engine)) == "No executor has joined.\n"
    queue = engine.executor("one", at=FAR)
    beat(queue)
    engine.put("a")
    engine.put("b", at=1)
    claim(queue)
    told = text(read(engine))
    assert "one" in told
    assert "2 × docker" in told
    assert "submit of scale-rows for" in told
    assert "1 run waits" in told


def test_an_executor_that_means_harm_is_a_line_in_it(at: House) -> None:
    thief = at.thief()
    joined = "SELECT torchroom_join('x', %s, %s, %s, 1, 30, false)"
    worker = thief.ask(joined, "\x1b[2Jhost", "\x1b[1m", "\x1b[3m")
    for status in (
        "{}",
        '{"state": "\\u001b[2J"}',
        '{"state": "ready", "torch": "\\u001b]0;x\\u0007"}',
    ):
        thief.ask("SELECT torchroom_beat(%s, %s, '{}', 30)", worker, status)
        assert "\x1b" not in text(read(at.engine))


@pytest.fixture
def cli(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TORCHROOM_DATABASE", engine.database.url)
    return CliRunner()


def test_the_commands(engine: Engine, cli: CliRunner) -> None:
    engine.executor("one", at=FAR)
    assert json.loads(cli.invoke(app, ["fleet", "--json"]).stdout)["executors"][0]["name"] == "one"
    assert cli.invoke(app, ["drain", "one"]).exit_code == 0
    assert "drained" in cli.invoke(app, ["fleet"]).stdout
    assert cli.invoke(app, ["undrain", "one"]).exit_code == 0
    for command in ("drain", "undrain"):
        missing = cli.invoke(app, [command, "two"])
        assert missing.exit_code == 3
        assert 'There is no executor "two"' in missing.stderr


def test_a_role_is_added_and_removed(engine: Engine, cli: CliRunner) -> None:
    added = cli.invoke(app, ["fleet", "add", "listed", "--host", "db.example"])
    try:
        assert added.exit_code == 0, added.stderr
        url = make_url(added.stdout.strip())
        assert (url.username, url.host) == ("executor_listed", "db.example")
        assert cli.invoke(app, ["fleet", "add", "listed"]).exit_code == 2
        assert cli.invoke(app, ["fleet", "add", "No"]).exit_code == 2
    finally:
        removed = cli.invoke(app, ["fleet", "remove", "listed"])
    assert removed.exit_code == 0, removed.stderr
    assert cli.invoke(app, ["fleet", "remove", "listed"]).exit_code == 3


def test_an_executors_url_lists_nothing(
    at: House, cli: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCHROOM_DATABASE", at.thief().url)
    for command in (["fleet"], ["drain", "one"], ["fleet", "add", "more"]):
        refused = cli.invoke(app, command)
        assert refused.exit_code in (2, 5), command
        assert refused.stderr.strip()
        assert not isinstance(refused.exception, roles.RoleError)


@pytest.mark.parametrize(
    ("variable", "value", "code", "sentence"),
    [
        ("TORCHROOM_DATABASE", "sqlite:////tmp/x.db", 2, "Only a service on Postgres"),
        ("TORCHROOM_DATABASE_FILE", "/no/such/file", 2, "cannot be read"),
        ("TORCHROOM_DATABASE", "mysql://x/y", 2, "no database URL that can be used"),
        ("TORCHROOM_DATABASE", "postgresql://x@/y?host=/no/such", 5, "does not answer"),
    ],
)
def test_a_database_that_will_not_do(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, code: int, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)
    refused = CliRunner().invoke(app, ["fleet"])
    assert refused.exit_code == code
    assert sentence in " ".join(refused.stderr.split())


def test_one_that_is_not_migrated_is_said_to_be(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCHROOM_DATABASE", postgres_url)
    refused = CliRunner().invoke(app, ["fleet"])
    assert refused.exit_code == 5
    assert "torchroom migrate" in refused.stderr
    Database(postgres_url).close()
