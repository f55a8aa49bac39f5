"""What a client wrote, read: JSON into checked commands, or the problem that says what is wrong."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from backend.errors import TOLD, Problem, invalid
from backend.room.events import COMMANDS, Body, Cursor, Edit, Role
from backend.room.turn import Command


def message_limit(code_limit: int) -> int:
    """Characters of the longest message: an edit may hold a whole document, every character of it
    spelt as an escape."""
    return code_limit * 6 + 4096


def read_json(text: str, limit: int) -> dict[str, Any]:
    """One JSON object; its texts are still to be checked by `check_text`."""
    if len(text) > limit:
        raise Problem(
            413,
            "too-large",
            "Too large",
            f"The message has {len(text)} characters; at most {limit} are read. Send less at once.",
            limit=limit,
        )
    try:
        # A number that no browser can read (NaN), or with thousands of digits, is no JSON either.
        found = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Problem(400, "not-json", "Not JSON", "The message is not JSON.") from None
    if not isinstance(found, dict):
        raise Problem(400, "not-json", "Not JSON", "The message is not a JSON object.")
    return found


def check_text(found: object) -> None:
    """Refuse halves of characters and NUL, wherever they are."""
    written = json.dumps(found, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:
        raise Problem(
            422, "half-character", "Half a character", "A text holds half of a character."
        ) from None
    if "\\u0000" in written and _holds_nul(found):
        raise Problem(422, "invalid", "Not text", "A text holds a NUL character.")


def may_hold_bad_text(text: str) -> bool:
    """Whether JSON that came as UTF-8 has to be looked through: what is bad in it is escaped."""
    return "\\u" in text


def _holds_nul(found: object) -> bool:
    if isinstance(found, str):
        return "\0" in found
    if isinstance(found, Mapping):
        return any(_holds_nul(key) or _holds_nul(value) for key, value in found.items())
    return isinstance(found, list) and any(_holds_nul(one) for one in found)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


Model = TypeVar("Model", bound=BaseModel)


def fit(model: type[Model], found: Mapping[str, Any]) -> Model:
    if len(found) > len(model.model_fields) + TOLD:
        raise Problem(
            422, "invalid-request", "The request does not fit", "There are too many fields in it."
        )
    try:
        return model.model_validate(found)
    except ValidationError as error:
        raise invalid(error.errors(include_url=False, include_context=True)) from None


def command(
    role: Role, client: str, kind: str, body: Mapping[str, Any], key: str | None
) -> Command:
    """A command of `client`, its body checked; who it is by is decided by the link alone."""
    known = COMMANDS.get(kind)
    if known is None:
        raise Problem(
            422,
            "unknown-kind",
            "Unknown kind",
            f'There is no command "{kind[:40]}". Known are: {", ".join(COMMANDS)}.',
        )
    if "author" in body:
        raise forged_author()
    checked: Body = fit(known, body)
    if isinstance(checked, Edit | Cursor) and checked.client != client:
        raise forged_author()
    # An edit needs no key: the same one twice is stale.
    return Command(role, client, kind, checked, None if kind in ("edit", "cursor") else key)


def forged_author() -> Problem:
    return Problem(
        403,
        "forged-author",
        "Somebody else's name",
        "Who an event is by is decided by the link. Send it without an author, and with the name "
        "of your own page.",
    )
