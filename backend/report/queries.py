"""Every question that the report asks the database, beside the log itself."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from backend.models import Room, Run

_CODES = select(Run.id, Run.question, Run.code).where(Run.room_id == bindparam("room"))


def get_room(session: Session, room_id: str) -> Room | None:
    return session.get(Room, room_id)


def texts_of_runs(session: Session, room_id: str) -> list[tuple[str, str, str]]:
    """(run, question, text that was judged) of every run of a room."""
    return [(row[0], row[1], row[2]) for row in session.execute(_CODES, {"room": room_id})]
