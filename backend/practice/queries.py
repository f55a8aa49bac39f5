"""Every question that practice asks the database: what one learner did, and to forget it."""

from collections.abc import Sequence

from sqlalchemy import BindParameter, CursorResult, bindparam, or_, select, update
from sqlalchemy.orm import Session

from backend.models import FINISHED, Room, RoomEvent, Run
from backend.practice.history import KINDS, PastEvent, PastRun

_LEARNER: BindParameter[str] = bindparam("learner")
_ROOMS = select(Room.id).where(Room.learner == _LEARNER)
# Of a verdict only three fields: whole ones, with every case, would be megabytes after a while.
_RUNS = (
    select(
        Run.question,
        Run.mode,
        Run.room_id,
        Run.created_at,
        Run.verdict["outcome"].as_string(),
        Run.verdict["passed"].as_integer(),
        Run.verdict["total"].as_integer(),
    )
    .where(Run.state == FINISHED, or_(Run.learner == _LEARNER, Run.room_id.in_(_ROOMS)))
    .order_by(Run.created_at, Run.id)
)
_EVENTS = (
    select(RoomEvent.room_id, RoomEvent.at, RoomEvent.kind, RoomEvent.body)
    .where(RoomEvent.room_id.in_(_ROOMS), RoomEvent.kind.in_(KINDS))
    .order_by(RoomEvent.room_id, RoomEvent.seq)
)


def runs_of(session: Session, learner: str) -> Sequence[PastRun]:
    """Those that were judged, on question pages and in rooms, oldest first."""
    return [PastRun(*row) for row in session.execute(_RUNS, {"learner": learner})]


def events_of(session: Session, learner: str) -> Sequence[PastEvent]:
    """What matters to practice of the rooms of one learner, room by room."""
    return [PastEvent(*row) for row in session.execute(_EVENTS, {"learner": learner})]


def forget(session: Session, learner: str) -> tuple[int, int]:
    """Leave runs and rooms without a learner; how many there were of each."""
    runs = session.execute(update(Run).where(Run.learner == learner).values(learner=None))
    rooms = session.execute(update(Room).where(Room.learner == learner).values(learner=None))
    assert isinstance(runs, CursorResult)
    assert isinstance(rooms, CursorResult)
    return runs.rowcount, rooms.rowcount
