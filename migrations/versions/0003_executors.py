"""Executors on other machines: their register, and the queue that they share on Postgres."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("device", sa.String(10), nullable=False, server_default="cpu"))
        runs.add_column(sa.Column("question_digest", sa.String(64)))
        runs.add_column(sa.Column("executor", sa.String(64)))
        runs.add_column(sa.Column("job_id", sa.BigInteger()))
        runs.add_column(sa.Column("told_bytes", sa.Integer(), nullable=False, server_default="0"))
        runs.create_index("ix_runs_job_id", ["job_id"], unique=True)
    op.create_table(
        "executors",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("worker_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("device", sa.String(10), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("status", sa.JSON(), nullable=False),
        sa.Column("drain", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alive_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_executors"),
        sa.UniqueConstraint("worker_id", name="uq_executors_worker_id"),
    )
    if (connection := op.get_bind()).dialect.name != "sqlite":
        from procrastinate.schema import SchemaManager

        schema = connection.scalar(sa.text("SELECT current_schema()"))
        _run(connection, SchemaManager.get_schema())
        _run(connection, _functions().replace("{schema}", f'"{schema}"'))
        # What runs and waits at this moment is given out anew, by jobs that the first sweep makes.
        _run(connection, "UPDATE runs SET state = 'queued' WHERE state = 'running'")


def downgrade() -> None:
    if (connection := op.get_bind()).dialect.name != "sqlite":
        _run(connection, _DROP.format(prefix="torchroom"))
    op.drop_table("executors")
    if connection.dialect.name != "sqlite":
        _run(connection, _DROP.format(prefix="procrastinate"))
    with op.batch_alter_table("runs") as runs:
        runs.drop_index("ix_runs_job_id")
        for name in ("told_bytes", "job_id", "executor", "question_digest", "device"):
            runs.drop_column(name)


def _functions() -> str:
    return (SQL / "0003_executors.sql").read_text()


def _run(connection: Connection, script: str) -> None:
    """Straight to the driver: many statements, and `%` and `:` mean what they mean in SQL."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(script)


_DROP = """
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT oid::regclass AS name FROM pg_class
        WHERE relkind = 'r' AND relname LIKE '{prefix}\\_%'
            AND relnamespace = current_schema()::regnamespace
    LOOP EXECUTE 'DROP TABLE ' || found.name || ' CASCADE'; END LOOP;
    FOR found IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE proname LIKE '{prefix}\\_%' AND pronamespace = current_schema()::regnamespace
    LOOP EXECUTE 'DROP FUNCTION ' || found.name || ' CASCADE'; END LOOP;
    FOR found IN SELECT oid::regtype AS name FROM pg_type
        WHERE typname LIKE '{prefix}\\_%' AND typtype IN ('e', 'c')
            AND typnamespace = current_schema()::regnamespace
    LOOP EXECUTE 'DROP TYPE ' || found.name || ' CASCADE'; END LOOP;
END $$
"""
