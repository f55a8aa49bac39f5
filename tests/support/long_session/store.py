"""Puts a session into a database as a room of its own."""

import base64
import hashlib
from collections.abc import Sequence

from sqlalchemy import insert

from backend.db import Database
from backend.models import FINISHED, Room, RoomEvent, Run
from backend.room.events import Event


def store(database: Database, room: str, events: Sequence[Event]) -> dict[str, str]:
    """Role -> the secret of its link."""
    secrets = {role: _secret(room, role) for role in ("candidate", "interviewer")}
    hashed = {role: hashlib.sha256(secret.encode()).hexdigest() for role, secret in secrets.items()}
    with database.write() as session:
        session.add(
            Room(
                id=room,
                created_at=events[0].at,
                candidate_hash=hashed["candidate"],
                interviewer_hash=hashed["interviewer"],
                head=events[-1].seq,
            )
        )
        session.flush()
        session.execute(insert(RoomEvent), [_row(room, event) for event in events])
        session.add_all(_runs(room, events))
    return secrets


def _secret(room: str, role: str) -> str:
    """32 bytes, url-safe, as a real room's; the same for the same room."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"{room} {role}".encode()).digest())[
        :43
    ].decode()


def _row(room: str, event: Event) -> dict[str, object]:
    return {
        "room_id": room,
        "seq": event.seq,
        "at": event.at,
        "author": event.author,
        "kind": event.kind,
        "body": dict(event.body),
        "key": event.key,
    }


def _runs(room: str, events: Sequence[Event]) -> list[Run]:
    """The rows that judged runs leave behind."""
    ended = {event.body["run"]: event for event in events if event.kind == "verdict"}
    return [
        Run(
            id=event.body["run"],
            question=event.body["question"],
            mode=event.body["mode"],
            state=FINISHED,
            code="",
            code_sha256=event.body["sha256"],
            created_at=event.at,
            started_at=event.at,
            finished_at=ended[event.body["run"]].at,
            rank=0.0,
            verdict=ended[event.body["run"]].body["verdict"],
            room_id=room,
        )
        for event in events
        if event.kind == "run"
    ]
