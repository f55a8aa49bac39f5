"""Verdicts on answers: one visible case for each item."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.verdict import CaseVerdict, Outcome, Problem, Verdict

NO_SLOT = "none"
LONGEST_TITLE = 100

_FENCED = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """An item as a case sees it."""

    text: str
    criterion: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found out about the answer to one item, in a sentence."""

    right: bool
    message: str


def verdict_of(
    items: Sequence[Item], judged: Sequence[Judged], *, slot: str = NO_SLOT, torch: str = ""
) -> Verdict:
    cases = [
        _case(number, item, "passed" if one.right else "failed", one.message)
        for number, (item, one) in enumerate(zip(items, judged, strict=True), start=1)
    ]
    passed = sum(one.right for one in judged)
    outcome: Outcome = "passed" if passed == len(cases) else "failed"
    return Verdict(outcome, passed, len(cases), 0.0, "submit", slot, torch, None, None, cases)


def refused(items: Sequence[Item], message: str) -> Verdict:
    """Answers that cannot be read at all: every item says so."""
    title = "The answers cannot be read"
    cases = [
        _case(number, item, "refused", f"{title}: {message}")
        for number, item in enumerate(items, start=1)
    ]
    problem = Problem("refused", title, message)
    return Verdict("refused", 0, len(cases), 0.0, "submit", NO_SLOT, "", problem, None, cases)


def title_of(markdown: str) -> str:
    """The beginning of an item's text, without code blocks, on one line."""
    words = " ".join(_FENCED.sub(" … ", markdown).replace("`", "").split()).removeprefix("… ")
    if len(words) <= LONGEST_TITLE:
        return words
    return words[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + " …"


def _case(number: int, item: Item, outcome: Outcome, message: str) -> CaseVerdict:
    return CaseVerdict(
        name=f"item-{number}",
        title=f"{number}. {title_of(item.text)}",
        visible=True,
        criterion=item.criterion,
        outcome=outcome,
        message=message,
    )
