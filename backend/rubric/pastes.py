"""How much of what was written came from outside of the room.

An annotation, never evidence: there are good reasons to paste. The browser says how much of an
edit was pasted; text that stood in some document of the room before is not counted, since whoever
moves their own function to another place has brought nothing in.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.room.changes import BadChanges, apply_all
from backend.room.events import NOTES, Event

# Of texts that were cut: so many of the last cuts are remembered, each at least so long.
_CUTS_KEPT = 200
_SHORTEST_CUT = 10
_EXCERPT = 80


@dataclass(frozen=True, slots=True)
class Paste:
    """Text from outside of the room."""

    document: str
    characters: int
    excerpt: str
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Writing:
    typed: int
    pasted: int
    pastes: tuple[Paste, ...]


def read_writing(events: Iterable[Event]) -> Writing:
    """What the candidate's edits brought into the room's documents."""
    edits = [event for event in events if event.kind in ("edit", "opened")]
    edits = [event for event in edits if event.body["document"] != NOTES]
    # Most rooms see no paste at all, and then nobody needs to know the texts.
    desk = _Desk() if any(event.body.get("pasted") for event in edits) else None
    typed = pasted = 0
    pastes = []
    for event in edits:
        if event.kind == "edit" and event.author == "candidate":
            pieces = _inserted(event.body["changes"])
            typed += sum(map(len, pieces))
            said = event.body.get("pasted", 0)
            if said and desk is not None and pieces:
                new = min(said, sum(len(one) for one in pieces if not desk.knows(one)))
                if new:
                    longest = max(pieces, key=len)
                    pasted += new
                    pastes.append(
                        Paste(event.body["document"], new, _excerpt(longest), event.seq, event.at)
                    )
        if desk is not None:
            desk.see(event)
    return Writing(typed, pasted, tuple(pastes))


class _Desk:
    """Every document as it is now, and what was cut from them lately."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._cut: deque[str] = deque(maxlen=_CUTS_KEPT)

    def knows(self, piece: str) -> bool:
        piece = piece.strip()
        if any(piece in text for text in self._texts.values()):
            return True
        return any(piece in text for text in self._cut)

    def see(self, event: Event) -> None:
        name = event.body["document"]
        if event.kind == "opened":
            self._texts[name] = event.body["text"]
            return
        before = self._texts.get(name, "")
        changes = event.body["changes"]
        if _longest_cut(changes) >= _SHORTEST_CUT:
            self._cut.append(before)
        try:
            self._texts[name] = apply_all(before, changes)
        except BadChanges:
            # The log never holds such an edit; a text that is not known only costs an annotation.
            self._texts[name] = before


def _inserted(sets: list[Any]) -> list[str]:
    pieces = []
    for changes in sets:
        for part in changes:
            if isinstance(part, list) and len(part) > 1:
                pieces.append("\n".join(part[1:]))
    return [piece for piece in pieces if piece]


def _longest_cut(sets: list[Any]) -> int:
    return max((p[0] for changes in sets for p in changes if isinstance(p, list)), default=0)


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else f"{line[: _EXCERPT - 1]}…"
