"""A service of its own for each test: a migrated database, a small bank, a fake sandbox."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from fastapi.testclient import TestClient

from backend.app import create_app
from backend.db import Database
from backend.settings import Settings
from tests.backend.example_question import write_question
from tests.backend.fake_sandbox import FakeSandbox

LOCAL = "http://127.0.0.1:8000"


@pytest.fixture
def sandbox() -> Iterator[FakeSandbox]:
    sandbox = FakeSandbox()
    yield sandbox
    sandbox.may_go.set()
    sandbox.may_open.set()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SQLite as the migrations make it, to be copied: they wait for the disk, a copy does not."""
    file = tmp_path_factory.mktemp("migrated") / "torchroom.db"
    database = Database(f"sqlite:///{file}")
    database.migrate()
    database.close()
    return file


@pytest.fixture
def settings(tmp_path: Path, migrated: Path) -> Settings:
    (tmp_path / "data").mkdir()
    shutil.copy(migrated, tmp_path / "data" / "torchroom.db")
    write_question(tmp_path / "questions", "scale-rows")
    write_question(tmp_path / "questions", "other-rows")
    return Settings(
        data=tmp_path / "data",
        questions=tmp_path / "questions",
        frontend=tmp_path / "dist",
        queue_limit=3,
    )


@pytest.fixture
def client(settings: Settings, sandbox: FakeSandbox) -> Iterator[TestClient]:
    app = create_app(settings, sandbox)
    with TestClient(app, base_url=LOCAL, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """For a test in which the service says where its log goes: afterwards it goes there no more."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    structlog.reset_defaults()
    root.handlers = handlers
    root.setLevel(level)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database; every test that uses it runs on both engines."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> Iterator[Database]:
    """Migrated; every test that uses it runs on both engines."""
    if request.param == "sqlite":
        shutil.copy(migrated, tmp_path / "test.db")
        database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    else:
        database = Database(request.getfixturevalue("migrated_postgres_url"))
    yield database
    database.close()
