"""Rooms and their append-only logs; runs know their room and whose progress they count for."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REFUSAL = "events are never changed and never taken out"


def upgrade() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("candidate_hash", sa.String(64), nullable=False),
        sa.Column("interviewer_hash", sa.String(64), nullable=False),
        sa.Column("learner", sa.String(64)),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_rooms"),
    )
    op.create_index("ix_rooms_learner", "rooms", ["learner"])
    op.create_index("ix_rooms_due_at", "rooms", ["due_at"])
    op.create_table(
        "events",
        sa.Column("room_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(64)),
        sa.PrimaryKeyConstraint("room_id", "seq", name="pk_events"),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="fk_events_room_id"),
    )
    op.create_index("ix_events_room_id_key", "events", ["room_id", "key"], unique=True)
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("room_id", sa.String(32)))
        runs.add_column(sa.Column("learner", sa.String(64)))
        runs.create_foreign_key("fk_runs_room_id", "rooms", ["room_id"], ["id"])
        runs.create_index("ix_runs_room_id", ["room_id"])
        runs.create_index("ix_runs_learner", ["learner"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER events_no_{verb.lower()} BEFORE {verb} ON events "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION events_are_kept() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE ON events "
            "FOR EACH ROW EXECUTE FUNCTION events_are_kept()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER events_no_update")
        op.execute("DROP TRIGGER events_no_delete")
    op.drop_table("events")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION events_are_kept()")
    with op.batch_alter_table("runs") as runs:
        runs.drop_index("ix_runs_learner")
        runs.drop_index("ix_runs_room_id")
        runs.drop_constraint("fk_runs_room_id", type_="foreignkey")
        runs.drop_column("learner")
        runs.drop_column("room_id")
    op.drop_table("rooms")
