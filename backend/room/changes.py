"""CodeMirror change sets, applied to a Python string.

Offsets count UTF-16 units, as JavaScript does; Python counts characters. The two differ only
beyond the basic plane (emoji and rare scripts), where a character is a pair of units: there the
work is done on UTF-16 bytes, and whoever would cut a pair in two is refused.
"""

from collections.abc import Iterable
from itertools import chain

from backend.room.events import Changes

_NOTHING: tuple[int | list[int | str], ...] = (0, [0], [0, ""])
MOST_PARTS = 20_000
"""Of all sets of one edit: what keeps and replaces costs time even where it changes nothing."""


class BadChanges(Exception):
    """A change set that does not fit its text. `code`: length, half-character, invalid, too-large;
    `detail` is a sentence for whoever sent it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def length(text: str) -> int:
    """How many UTF-16 units JavaScript counts."""
    return len(text) if text.isascii() else len(_units(text)) // 2


def apply_all(text: str, sets: Iterable[Changes], limit: int | None = None) -> str:
    """One change set after the other; then the text must fit into `limit` bytes of UTF-8."""
    waiting = iter(sets)
    for changes in waiting:
        units = None if text.isascii() else _units(text)
        if units is not None and len(units) != 2 * len(text):
            # Once for all that follow: five hundred sets must not cost five hundred conversions.
            text = _all_on_units(units, chain((changes,), waiting))
        else:
            text = _on_characters(text, changes)
    # A character takes four bytes at most, so most texts need no counting.
    if limit is not None and len(text) * 4 > limit and len(text.encode()) > limit:
        raise BadChanges("too-large", f"A document holds at most {limit} bytes. Shorten it.")
    return text


def normal_all(sets: Iterable[Changes]) -> list[Changes]:
    """The same without what keeps or replaces nothing. CodeMirror never writes that, and a page
    with text of its own cannot put a change set that ends in it together with its own."""
    found = [[part for part in changes if part not in _NOTHING] for changes in sets]
    if sum(map(len, found)) > MOST_PARTS:
        raise BadChanges("too-large", f"An edit has at most {MOST_PARTS} parts. Send less at once.")
    return found


def weight(changes: Changes) -> int:
    """About how many characters it takes to write them down."""
    return sum(
        4 if isinstance(part, int) else 4 + sum(3 + len(str(line)) for line in part[1:])
        for part in changes
    )


def apply(text: str, changes: Changes) -> str:
    """The text after `changes`, or BadChanges; half-done work is never seen."""
    return apply_all(text, (changes,))


def _on_characters(text: str, changes: Changes) -> str:
    pieces = []
    at = 0
    for part in changes:
        taken, insert = _read(part)
        if insert is None:
            pieces.append(text[at : at + taken])
        else:
            pieces.append(insert)
        at += taken
    _check_length(at, len(text))
    return "".join(pieces)


def _all_on_units(units: bytes, sets: Iterable[Changes]) -> str:
    for changes in sets:
        units = _on_units(units, changes)
    return units.decode("utf-16-le")


def _on_units(units: bytes, changes: Changes) -> bytes:
    pieces = []
    at = 0
    for part in changes:
        taken, insert = _read(part)
        # Each border on its own: two halves that happen to fit together again are refused too,
        # so that every prefix of the changes is text.
        if 0 < at < len(units) and 0xDC <= units[at + 1] <= 0xDF:
            raise BadChanges("half-character", "A change begins in the middle of a character.")
        if insert is None:
            pieces.append(units[at : at + 2 * taken])
        else:
            pieces.append(insert.encode("utf-16-le"))
        at += 2 * taken
    _check_length(at // 2, len(units) // 2)
    return b"".join(pieces)


def _read(part: int | list[int | str]) -> tuple[int, str | None]:
    """How many units of the old text a part covers, and what stands there now; None: the same."""
    if isinstance(part, int):
        if part < 0:
            raise BadChanges("invalid", "A change cannot keep fewer than no characters.")
        return part, None
    if not part or not isinstance(part[0], int) or part[0] < 0:
        raise BadChanges("invalid", "A replacement begins with how many units it replaces.")
    lines = part[1:]
    try:
        # Of all lines at once: there may be as many as the document has characters.
        insert = "\n".join(lines)  # type: ignore[arg-type]
    except TypeError:
        raise BadChanges("invalid", "A replacement consists of lines of text.") from None
    if insert.count("\n") >= max(1, len(lines)) or "\r" in insert or "\0" in insert:
        raise BadChanges("invalid", "A line holds a line break or a NUL character.")
    if not insert.isascii():
        _units(insert)
    return part[0], insert


def _check_length(covered: int, there: int) -> None:
    if covered != there:
        raise BadChanges(
            "length", f"The change covers {covered} units of text, but the document has {there}."
        )


def _units(text: str) -> bytes:
    try:
        return text.encode("utf-16-le")
    except UnicodeEncodeError:
        raise BadChanges("half-character", "The text holds half of a character.") from None
