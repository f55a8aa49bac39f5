"""Every question that practice asks the database: what one learner did, and to forget it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    CursorResult,
    Select,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from backend.models import FINISHED, Room, RoomEvent, Run
from backend.practice.history import KINDS, PastEvent, PastRun
from backend.verdicts import OUTCOMES

_LEARNER: BindParameter[str] = bindparam("learner")
_ROOMS = select(Room.id).where(Room.learner == _LEARNER)


def _runs(verdict: Any) -> Select[Any]:
    """Of a verdict only three fields: whole ones, with every case, would be megabytes after a
    while. As words: the database would refuse a number that is none."""
    return (
        select(
            Run.question,
            Run.mode,
            Run.room_id,
            Run.created_at,
            *(verdict[name].as_string() for name in ("outcome", "passed", "total")),
        )
        .where(Run.state == FINISHED, or_(Run.learner == _LEARNER, Run.room_id.in_(_ROOMS)))
        .order_by(Run.created_at, Run.id)
    )


_RUNS = {
    "sqlite": _runs(Run.verdict),
    # Postgres cannot look into JSON that holds a NUL.
    "postgresql": _runs(func.torchroom_plain(Run.verdict, type_=JSON)),
}
_EVENTS = (
    select(RoomEvent.room_id, RoomEvent.at, RoomEvent.kind, RoomEvent.body)
    .where(RoomEvent.room_id.in_(_ROOMS), RoomEvent.kind.in_(KINDS))
    .order_by(RoomEvent.room_id, RoomEvent.seq)
)


def runs_of(session: Session, learner: str) -> Sequence[PastRun]:
    """Those that were judged, on question pages and in rooms, oldest first."""
    rows = session.execute(_RUNS[session.get_bind().dialect.name], {"learner": learner})
    return [
        PastRun(question, mode, room, at, outcome, _count(passed), _count(total))
        for question, mode, room, at, outcome, passed, total in rows
        # Others no honest executor wrote: a failure of ours, which counts for nothing.
        if outcome in OUTCOMES
    ]


def _count(found: object) -> int:
    """0 where it is no number of cases."""
    written = str(found)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0


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
