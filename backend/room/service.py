"""Rooms and who may come in. Never commits: its caller does."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.bank import Bank
from backend.errors import Problem
from backend.interviews import service as interviews
from backend.interviews.plan import created_from_question, created_from_template
from backend.interviews.templates import Templates
from backend.models import Room
from backend.questions import service as questions
from backend.room import log as room_log
from backend.room import queries
from backend.room.events import Created, Role
from backend.room.schemas import NewRoom, RoomLinks
from backend.room.stages import first_drafts
from backend.room.state import State

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who came with a link of this room."""

    room: Room
    role: Role


def plan(bank: Bank, templates: Templates, new: NewRoom) -> Created:
    """What the room's log begins with; raises the problem where there is no such plan."""
    if new.template is not None:
        return created_from_template(
            interviews.find(templates, new.template),
            practice=new.practice,
            candidate=new.candidate,
            interviewer=new.interviewer,
            extra_time=new.extra_time,
            script=new.script,
        )
    return created_from_question(
        questions.find(bank, new.question or ""),
        clock=new.clock,
        practice=new.practice,
        candidate=new.candidate,
        interviewer=new.interviewer,
        extra_time=new.extra_time,
        script=new.script,
    )


def create(session: Session, created: Created, now: datetime, learner: str | None) -> RoomLinks:
    """A room with the beginning of its log, due at once: the script may have something to say."""
    room_id = secrets.token_hex(12)
    candidate, interviewer = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(2))
    session.add(
        Room(
            id=room_id,
            created_at=now,
            candidate_hash=_hash(candidate),
            interviewer_hash=_hash(interviewer),
            learner=learner,
            head=0,
            due_at=now,
        )
    )
    session.flush()
    room_log.append(session, room_id, 0, first_drafts(created, now), now, due_at=now)
    return RoomLinks(
        id=room_id,
        title=created.title,
        candidate_link=f"/rooms/{room_id}#{candidate}",
        interviewer_link=f"/rooms/{room_id}#{interviewer}",
    )


def member(session: Session, room_id: str, authorization: str | None) -> Member:
    """Who asks, by the header `Authorization: Bearer <secret>`.

    Somebody else's room, a wrong secret and no room at all are the same to whoever asks: 404.
    """
    scheme, _, secret = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        raise no_such_room()
    return admit(session, room_id, secret.strip())


def admit(session: Session, room_id: str, secret: str) -> Member:
    """Who has this secret."""
    # Postgres takes a NUL for an error of ours.
    room = None if "\0" in room_id else queries.get_room(session, room_id)
    if room is None:
        raise no_such_room()
    found = _hash(secret)
    is_candidate = hmac.compare_digest(found, room.candidate_hash)
    if hmac.compare_digest(found, room.interviewer_hash):
        return Member(room, "interviewer")
    if is_candidate:
        return Member(room, "candidate")
    raise no_such_room()


def log_is_open(state: State) -> bool:
    """Whether the candidate may read the log: their own practice, or an interview shared."""
    return state.created.practice or (state.phase == "finished" and state.shared)


def not_yet(what: str) -> Problem:
    return Problem(
        403,
        "not-allowed",
        "Not yet",
        f"The {what} is there for you once the interview is over and has been shared with you.",
    )


def no_such_room() -> Problem:
    return Problem(
        404,
        "no-such-room",
        "No such room",
        "There is no such room, or this link does not open it. Use the whole link that you were "
        "given.",
    )


def _hash(secret: str) -> str:
    # Half a character must not be an error of ours: it is a wrong secret.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
