"""How the script puts something into words: a draft of `say`, and which of several ways."""

import re
from collections.abc import Iterable
from hashlib import blake2b

from backend.room.events import Draft
from backend.room.lines import Lines
from backend.room.state import Line, State

Drafts = tuple[Draft, ...]
# What means something in the middle of a line; a name stands nowhere else.
_MARKUP = re.compile(r"[\\`*_\[\]<>|~$&]")


def first(found: Iterable[Drafts]) -> Drafts:
    return next((drafts for drafts in found if drafts), ())


def once(state: State, line: Line, text: str | None, **filled: object) -> Drafts:
    if line in state.said or not text:
        return ()
    return (say(line, text.format(**filled) if filled else text),)


def next_of(state: State, ways: Lines, line: Line) -> Drafts:
    """The next of `ways` that this room has not heard; nothing where it has heard all."""
    return once(state, line, pick(state, ways, count(state, line.why)))


def say(line: Line, text: str) -> Draft:
    body = {
        "text": text,
        "why": line.why,
        "question": line.question,
        "item": line.item,
        "case": line.case,
    }
    return Draft("script", "say", body)


def pick(state: State, ways: Lines, number: int) -> str | None:
    """Another way for each number, beginning at one that differs from room to room."""
    if number >= len(ways):
        return None
    room = f"{state.created_at.isoformat()}/{state.created.candidate}/{ways[0]}"
    first = int.from_bytes(blake2b(room.encode(), digest_size=4).digest())
    return ways[(first + number) % len(ways)]


def name(state: State) -> str:
    """As text: what a name holds of Markdown is no link and no heading in what the script says."""
    name = _MARKUP.sub(r"\\\g<0>", state.created.candidate.strip())
    return f", {name}" if name else ""


def minutes(seconds: int) -> str:
    minutes = max(1, round(seconds / 60))
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def percent(cost: float) -> str:
    return f"{100 * cost:g}"


def count(state: State, why: str, item: int | None = None) -> int:
    """How many lines were said for this reason, and about this item where one is given."""
    return sum(1 for line in state.said if line.why == why and item in (None, line.item))
