"""A whole log as the text in which it is sent.

Nearly all of a log is typing, which everybody who may have the log sees as it is stored. It is
sent so, without being read and written again: of 20,000 edits that takes a sixth of the time.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from backend.clock import rfc3339
from backend.room import messages
from backend.room.events import NOTES, Author, Event, Role
from backend.room.state import State

StoredEvent = tuple[int, datetime, Author, str, str]
"""seq, at, author, kind, and the body as JSON text."""

# What views.visible takes out or adds to, depends on who reads: these are looked at one by one.
_LOOKED_AT = frozenset({"created", "score", "say"})
_NAMES_THE_NOTES = f'"{NOTES}"'


def written(stored: Iterable[StoredEvent], role: Role, state: State) -> Iterator[str]:
    """Each event that `role` may see, as JSON."""
    for seq, at, author, kind, body in stored:
        hidden_notes = role == "candidate" and _NAMES_THE_NOTES in body
        if kind in _LOOKED_AT or hidden_notes:
            event = Event(seq, at, author, kind, json.loads(body))
            yield from (text for _, text in messages.seen([event], role, state))
        else:
            head = f'{{"seq":{seq},"at":"{rfc3339(at)}","author":"{author}","kind":"{kind}"'
            yield f'{head},"body":{body}}}'
