"""When a question is due again: spaced repetition (FSRS) over the sittings. Pure.

Nothing of it is stored. A question's card is folded anew from its sittings each time, so that the
same history always gives the same answer and a better rule needs no migration.
"""

from collections.abc import Iterable
from datetime import datetime

from fsrs import Card, Rating, Scheduler

from backend.practice.history import Sitting

SEVERAL = 3
"""Submits after which a pass counts as hard."""

# Without learning steps, which are minutes long and meant for flash cards: a question takes half
# an hour, so the shortest time until it comes again is a day.
_SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def rating(sitting: Sitting, kind: str, minutes: int) -> Rating:
    """How well it went, on FSRS's scale.

    Again: it did not pass. Hard: it passed with hints, or after several Submits. Easy: the first
    Submit passed, within half of the minutes that the question is meant to take. Good: it passed
    otherwise. Of a concept: Again below half of the key points, Hard below three quarters.
    """
    if not sitting.passed:
        return Rating.Again
    if kind == "concept":
        return Rating.Good if 4 * sitting.best >= 3 * sitting.total else Rating.Hard
    if sitting.hints or sitting.submits >= SEVERAL:
        return Rating.Hard
    is_quick = sitting.seconds is not None and sitting.seconds <= minutes * 60 / 2
    return Rating.Easy if is_quick and sitting.submits == 1 else Rating.Good


def due_at(sittings: Iterable[Sitting], kind: str, minutes: int) -> datetime | None:
    """Of one question, in the order of their times; None where nothing was submitted yet."""
    card = None
    for sitting in sittings:
        if sitting.submits:
            card, _ = _SCHEDULER.review_card(
                card or Card(card_id=1), rating(sitting, kind, minutes), sitting.at
            )
    return card.due if card else None
