"""CodeMirror change sets, applied to a Python string.

Offsets count UTF-16 units, as JavaScript does; Python counts characters. The two differ only
beyond the basic plane (emoji and rare scripts), where a character is a pair of units: there the
work is done on UTF-16 bytes, and whoever would cut a pair in two is refused.
"""

from collections.abc import Iterable

from backend.room.events import Changes

# What no line of a document may hold: line breaks are structure (a list of lines), and NUL is
# neither accepted in a program by Python nor in a text by Postgres.
_NOT_IN_A_LINE = ("\n", "\r", "\0")


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
    for changes in sets:
        text = apply(text, changes)
    # A character takes four bytes at most, so most texts need no counting.
    if limit is not None and len(text) * 4 > limit and len(text.encode()) > limit:
        raise BadChanges("too-large", f"A document holds at most {limit} bytes. Shorten it.")
    return text


def apply(text: str, changes: Changes) -> str:
    """The text after `changes`, or BadChanges; half-done work is never seen."""
    if text.isascii():
        return _on_characters(text, changes)
    units = _units(text)
    if len(units) == 2 * len(text):
        return _on_characters(text, changes)
    return _on_units(units, changes)


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


def _on_units(units: bytes, changes: Changes) -> str:
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
    return b"".join(pieces).decode("utf-16-le")


def _read(part: int | list[int | str]) -> tuple[int, str | None]:
    """How many units of the old text a part covers, and what stands there now; None: the same."""
    if isinstance(part, int):
        if part < 0:
            raise BadChanges("invalid", "A change cannot keep fewer than no characters.")
        return part, None
    if not part or not isinstance(part[0], int) or part[0] < 0:
        raise BadChanges("invalid", "A replacement begins with how many units it replaces.")
    lines = part[1:]
    for line in lines:
        if not isinstance(line, str):
            raise BadChanges("invalid", "A replacement consists of lines of text.")
        if any(bad in line for bad in _NOT_IN_A_LINE):
            raise BadChanges("invalid", "A line holds a line break or a NUL character.")
    insert = "\n".join(lines)  # type: ignore[arg-type]
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
