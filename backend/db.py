"""The database: engine, sessions and migrations, the same for SQLite and Postgres."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.orm import Session, sessionmaker

from backend.settings import REPOSITORY

if TYPE_CHECKING:
    from alembic.config import Config

log = structlog.get_logger(__name__)

MIGRATIONS = REPOSITORY / "migrations"

# A network that is cut says nothing: whoever waits for an answer over it would wait for hours.
# Seconds, but for tcp_user_timeout; all of it means nothing to a unix socket.
WATCHED = {
    "connect_timeout": 3,
    "keepalives": 1,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
    # Nor does whoever sits on a row: an executor's role in other hands may keep the room of its run
    # locked, and one thread writes for all rooms. Migrations wait for as long as it takes.
    "options": "-c lock_timeout=5s",
}
# The log has moments of the service and of the database.
CLOCKS_APART_SECONDS = 1.0


class Database:
    """One engine. `read` and `write` are the only two ways to a session."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        # On Postgres each SELECT sees what is committed by then, in a transaction or not: without
        # one there is no BEGIN and no ROLLBACK to wait for.
        alone = {} if self.engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        self._reading = sessionmaker(self.engine.execution_options(**alone), expire_on_commit=False)
        writing = self.engine.execution_options(torchroom_writes=True)
        self._writing = sessionmaker(writing, expire_on_commit=False)
        # SQLite lets one writer in at a time, and who finds it taken sleeps and looks again. Among
        # the threads of this process a lock hands over at once.
        is_sqlite = self.engine.dialect.name == "sqlite"
        self._turn = threading.Lock() if is_sqlite else nullcontext()
        self.is_postgres = not is_sqlite

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self._reading() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction: committed where the block ends well, rolled back where it raises."""
        with self._turn, self._writing.begin() as session:
            yield session

    def tidy(self) -> None:
        """Carry what was written from SQLite's log into its file: to be called now and then, so
        that no commit has to wait for the disk while it does so itself."""
        if self.engine.dialect.name == "sqlite":
            connection = self.engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
                cursor.close()
            finally:
                connection.close()

    def migrate(self) -> None:
        """Bring the tables to what this version of the code expects."""
        url = make_url(self.url)
        if url.get_backend_name() == "sqlite" and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        if not self.is_migrated():
            from alembic import command

            command.upgrade(alembic_config(self.url), "head")

    def is_migrated(self) -> bool:
        with self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return False
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return found == latest_revision()

    def clock_apart(self) -> float:
        """Seconds by which the database's clock is ahead of ours; 0 where it has none."""
        if not self.is_postgres:
            return 0.0
        with self.read() as session:
            session.execute(text("SELECT 1"))  # to be connected first
            before = datetime.now(UTC)
            there = session.execute(text("SELECT clock_timestamp()")).scalar_one()
            took = datetime.now(UTC) - before
        assert isinstance(there, datetime)
        return (there - before - took / 2).total_seconds()

    def warn_of_clocks(self) -> None:
        """To be called when the service starts: a deadline is held against its own clock, and
        against the moments of verdicts, which are the database's."""
        apart = self.clock_apart()
        if abs(apart) > CLOCKS_APART_SECONDS:
            log.warning(
                "the database's clock is not ours: stages may end too early or too late; let both "
                "hosts keep time (NTP)",
                seconds_ahead=round(apart, 1),
            )

    def close(self) -> None:
        # A thread that is still at it brings its connection back to a pool that nobody empties.
        event.listen(self.engine, "checkin", _close_it)
        self.engine.dispose()


@cache
def latest_revision() -> str:
    """The revision that this code expects, by the names of the files: 0001_runs.py is 0001.

    Not by asking Alembic: loading it at every start, for nothing to do, costs a tenth of a second.
    """
    versions = (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return max(path.name.partition("_")[0] for path in versions)


def alembic_config(url: str) -> "Config":
    """Alembic's settings for this database, from wherever the process was started."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    # Alembic keeps options in a ConfigParser, which gives % a meaning.
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def connection_arguments(url: str) -> dict[str, Any]:
    """What psycopg.connect is given for SQLAlchemy's address of a Postgres."""
    parsed = make_url(url)
    _, arguments = parsed.get_dialect()().create_connect_args(parsed)
    return {**WATCHED, **arguments, "options": _options(arguments.get("options"))}


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        # What stands in the address wins.
        watched = {name: value for name, value in WATCHED.items() if name not in parsed.query}
        watched["options"] = _options(parsed.query.get("options"))
        return create_engine(
            url,
            pool_size=8,
            max_overflow=24,
            # The one that was used last knows the statements already.
            pool_use_lifo=True,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args=watched,
        )
    # More connections than the server has threads, so that none ever waits for a connection.
    # What candidates write, and hashes of secrets, stay out of errors and so out of the log.
    engine = create_engine(url, pool_size=8, max_overflow=56, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _options(given: object) -> str:
    """Of two that say the same the last one counts."""
    return f"{WATCHED['options']} {given}" if isinstance(given, str) else str(WATCHED["options"])


def _close_it(connection: Any, record: Any) -> None:
    record.invalidate()


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # the driver begins no transactions; _begin_sqlite does
    cursor = connection.cursor()
    # WAL: readers and the one writer do not wait for each other. NORMAL: no fsync at a commit;
    # a power cut may lose the last moments, a crash of the process loses nothing.
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    # Only where nobody has tidied up for long, see Database.tidy; it also begins the log anew.
    cursor.execute("PRAGMA wal_autocheckpoint = 16384")
    cursor.execute("PRAGMA busy_timeout = 10000")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its place at once: a transaction that reads first and writes later would be
    # refused (not made to wait) where another has written in between.
    writes = connection.get_execution_options().get("torchroom_writes", False)
    # Straight to the driver: this goes before every transaction.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
