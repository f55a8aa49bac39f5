"""That an executor was lost over a run is told with it: it is why the verdict takes so long."""

import sqlite3
from contextlib import closing

from fastapi.testclient import TestClient

from backend.app import create_app
from backend.settings import Settings
from tests.backend.conftest import LOCAL
from tests.backend.fake_sandbox import FakeSandbox
from tests.backend.talk import RUNS, finished, send_ok


def start(settings: Settings, sandbox: FakeSandbox) -> TestClient:
    return TestClient(create_app(settings, sandbox), base_url=LOCAL)


def test_a_run_says_how_often_its_executor_was_lost(settings: Settings) -> None:
    held = FakeSandbox()
    held.may_go.clear()
    with start(settings, held) as client:
        run_id = send_ok(client)
        assert client.get(f"{RUNS}/{run_id}").json()["losses"] == 0
    held.may_go.set()
    # As a process leaves it that was killed over it.
    with closing(sqlite3.connect(settings.data / "torchroom.db")) as database, database:
        database.execute("UPDATE runs SET state = 'running', lease_token = 'of the dead'")
    with start(settings, FakeSandbox()) as client:
        run = finished(client, run_id)
        assert (run["state"], run["losses"]) == ("finished", 1)
