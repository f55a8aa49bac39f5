"""What the server says on a room's socket, as text: each event is written once for all pages."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from backend.bank import Bank
from backend.clock import rfc3339
from backend.errors import Problem
from backend.room.events import Event, Role
from backend.room.state import State
from backend.room.views import state_view, visible

_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def event_view(event: Event) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "at": rfc3339(event.at),
        "author": event.author,
        "kind": event.kind,
        "body": event.body,
    }


def event(one: Event) -> str:
    return _write(event_view(one))


def with_id(text: str, number: int) -> str:
    """An event with the number of the command that made it."""
    return f'{text[:-1]},"id":{number}}}'


def seen(events: Sequence[Event], role: Role, state: State) -> list[tuple[Event, str]]:
    """What this role may see of `events`, each with its text."""
    found = []
    for one in events:
        shown = visible(one, role, state)
        if shown is not None:
            found.append((shown, event(shown)))
    return found


def events(texts: Iterable[str]) -> str:
    return f'{{"type":"events","events":[{",".join(texts)}]}}'


def state(state: State, role: Role, now: datetime, bank: Bank) -> str:
    return _write({"type": "state", "state": state_view(state, role, now, bank)})


def cursor(moved: Event) -> str:
    return _write({"type": "cursor", "author": moved.author, **moved.body})


def refused(number: int | None, problem: Problem) -> str:
    return _write(
        {
            "type": "refused",
            "id": number,
            "code": problem.code,
            "detail": problem.detail,
            **problem.extras,
        }
    )


def done(number: int) -> str:
    return _write({"type": "done", "id": number})


def pong(number: int | None, now: datetime) -> str:
    return _write({"type": "pong", "id": number, "now": rfc3339(now)})


def bye(code: str, detail: str) -> str:
    return _write({"type": "bye", "code": code, "detail": detail})


def welcome(fields: dict[str, Any], texts: Iterable[str]) -> str:
    return f'{_write({"type": "welcome", **fields})[:-1]},"events":[{",".join(texts)}]}}'
