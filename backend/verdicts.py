"""Verdicts as the database has them: whoever wrote one may have been an executor that lies.

Nothing is ever taken out of a room's log, so a verdict that cannot be read counts as a failure of
ours, and what it stands in can be read all the same.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter

from sandbox.verdict import Outcome, Verdict

UNREADABLE = (
    "The verdict on this cannot be read. That is our failure, not your code's, and it counts for "
    "nothing."
)
OUTCOMES = frozenset(get_args(Outcome))


def is_verdict(found: object) -> bool:
    """Whether it has all that pages, reports and scores rely on, and can be sent."""
    try:
        written = json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
        _adapter().validate_json(written, strict=True)
    except (ValueError, RecursionError):
        return False
    return True


def readable(kind: str, body: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """An event of a log: itself, or the failure that it counts as."""
    if kind != "verdict" or is_verdict(body.get("verdict")):
        return kind, body
    about = {name: value for name, value in body.items() if name != "verdict"}
    return "failure", {**about, "message": UNREADABLE}


@cache
def _adapter() -> TypeAdapter[Verdict]:
    return TypeAdapter(Verdict)
