"""What a candidate sends: `{"answers": [...]}`, one entry an item, null where there is none."""

import json
from typing import Any

from backend.bank import Question


class BadAnswers(Exception):
    """Answers that cannot be judged; the message is a sentence for the one who sent them."""


def read_choices(question: Question, code: str) -> list[frozenset[int] | None]:
    """For each item of a quiz the numbers of the choices taken, from 0; None: not answered."""
    answers: list[frozenset[int] | None] = []
    for number, entry in enumerate(_entries(code, len(question.quiz)), start=1):
        if entry is None or entry == []:
            answers.append(None)
            continue
        count = len(question.quiz[number - 1].choices)
        if not isinstance(entry, list) or not all(type(one) is int for one in entry):
            raise BadAnswers(f"Answer {number} must be a list of whole numbers, or null.")
        if not all(0 <= one < count for one in entry):
            raise BadAnswers(f"Answer {number} names a choice that is not there: 0 to {count - 1}.")
        answers.append(frozenset(entry))
    return answers


def read_predictions(question: Question, code: str) -> list[str | None]:
    """For each question about the snippet what was said; None: not answered."""
    answers: list[str | None] = []
    for number, entry in enumerate(_entries(code, len(question.predict.asks)), start=1):
        if entry is not None and not isinstance(entry, str):
            raise BadAnswers(f"Answer {number} must be a text, or null.")
        answers.append(entry.strip() or None if entry is not None else None)
    return answers


def _entries(code: str, items: int) -> list[Any]:
    """As many entries as the question has items; those left out at the end are null."""
    try:
        data = json.loads(code)
    except (ValueError, RecursionError):
        raise BadAnswers('Answers are sent as JSON: {"answers": […]}.') from None
    if not isinstance(data, dict) or set(data) != {"answers"}:
        raise BadAnswers('Answers are sent as an object with one member: {"answers": […]}.')
    entries = data["answers"]
    if not isinstance(entries, list):
        raise BadAnswers("`answers` must be a list, with one entry for each item.")
    if len(entries) > items:
        raise BadAnswers(f"There are {len(entries)} answers to {items} items.")
    return entries + [None] * (items - len(entries))
