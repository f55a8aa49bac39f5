"""The migrations make exactly the tables that the models describe, and can be taken back."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from backend.db import Database, alembic_config, latest_revision
from backend.models import Base


def test_the_latest_revision_by_name_is_the_one_that_alembic_means() -> None:
    script = ScriptDirectory.from_config(alembic_config("sqlite://"))
    assert latest_revision() == script.get_current_head()


def is_ours(name: str | None) -> bool:
    """Alembic keeps a table of its own, procrastinate several."""
    return name is not None and not name.startswith(("alembic_", "procrastinate_"))


def tables(database: Database) -> set[str]:
    return {name for name in inspect(database.engine).get_table_names() if is_ours(name)}


def test_models_and_migrations_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: kind != "table" or is_ours(name),
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_go_up_down_and_up_again(database_url: str) -> None:
    database = Database(database_url)
    try:
        assert not database.is_migrated()
        database.migrate()
        assert database.is_migrated()
        assert tables(database) == set(Base.metadata.tables)
        command.downgrade(alembic_config(database_url), "base")
        assert set(inspect(database.engine).get_table_names()) == {"alembic_version"}
        assert not database.is_migrated()
        database.migrate()
        assert tables(database) == set(Base.metadata.tables)
    finally:
        database.close()


def test_migrating_twice_changes_nothing(database: Database) -> None:
    before = tables(database)
    database.migrate()
    assert tables(database) == before
