"""Runs migrations on the database that the settings name, or that the caller has set."""

import os

from alembic import context
from sqlalchemy import create_engine, pool, text

from backend.models import Base
from backend.settings import load_settings

config = context.config
url = config.get_main_option("sqlalchemy.url") or load_settings(os.environ).database_url
engine = create_engine(url, poolclass=pool.NullPool)

with engine.connect() as connection:
    # SQLite cannot alter most of a table in place: batch mode copies it instead.
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        if connection.dialect.name != "sqlite":
            # Two services that start at once: the second waits, and finds nothing left to do.
            connection.execute(
                text("SELECT pg_advisory_xact_lock(hashtext('torchroom migrations'))")
            )
        context.run_migrations()
