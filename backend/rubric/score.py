"""Evidence in, levels out, with every step of the arithmetic kept.

A criterion's value is the weighted mean of its evidence: the sum of value times weight, divided
by the sum of the weights. The session's value is the weighted mean of its criteria that were
assessed. Nothing else happens, so a page can show all of it.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.room.events import Level
from backend.rubric.criteria import CRITERIA, Criterion
from backend.rubric.evidence import Evidence, Overrule

# A level begins at its threshold. Chosen so that "yes" asks for about two thirds of what was
# seen to be right, and "strong yes" leaves room for one slip in seven.
THRESHOLDS: tuple[tuple[Level, float], ...] = (
    ("strong-yes", 0.85),
    ("yes", 0.65),
    ("no", 0.40),
    ("strong-no", 0.0),
)
# What a level that a person gave counts in the mean: the middle of its band.
LEVEL_VALUES: dict[Level, float] = {
    "strong-yes": 0.925,
    "yes": 0.75,
    "no": 0.525,
    "strong-no": 0.2,
}
# Below this sum of weights there is too little to go by: one missed style rule is no assessment.
LEAST_WEIGHT = 1.0
LEVEL_TITLES: dict[Level, str] = {
    "strong-yes": "Strong yes",
    "yes": "Yes",
    "no": "No",
    "strong-no": "Strong no",
}
# With less than this share of the weight assessed, the verdict says that it is provisional.
ENOUGH_ASSESSED = 0.5


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the sum: product = evidence.value * evidence.weight."""

    evidence: Evidence
    product: float


@dataclass(frozen=True, slots=True)
class CriterionScore:
    criterion: str
    title: str
    weight: float
    terms: tuple[Term, ...]
    total: float
    """Sum of the products."""
    divisor: float
    """Sum of the weights of the evidence."""
    value: float | None
    """total / divisor; None where the divisor is below LEAST_WEIGHT."""
    machine: Level | None
    """The level that `value` reaches; None is "not assessed"."""
    threshold: float | None
    """Where the machine's level begins."""
    overruled: Overrule | None
    level: Level | None
    """What counts: a person's level where there is one, else the machine's."""
    counts: float | None
    """What enters the mean of the session: LEVEL_VALUES of a person's level, else `value`."""


@dataclass(frozen=True, slots=True)
class Score:
    criteria: tuple[CriterionScore, ...]
    """All seven, in the order of CRITERIA."""
    total: float
    """Sum of weight * counts over the assessed criteria."""
    divisor: float
    """Sum of the weights of the assessed criteria."""
    value: float | None
    level: Level | None
    threshold: float | None
    assessed: float
    """Share of the whole weight that was assessed, in [0, 1]."""
    verdict: str
    """The outcome in one sentence."""

    def criterion(self, name: str) -> CriterionScore:
        return next(one for one in self.criteria if one.criterion == name)


def score(
    evidence: Iterable[Evidence],
    weights: Mapping[str, float],
    overrules: Iterable[Overrule] = (),
) -> Score:
    """The score of a session. `weights` as from `weights_with`; of several overrules of one
    criterion the latest counts. Independent of the order of both: sums are exact before they
    are rounded, and terms are sorted."""
    latest: dict[str, Overrule] = {}
    for overrule in sorted(overrules, key=lambda one: one.seq):
        latest[overrule.criterion] = overrule
    pieces = sorted(evidence, key=lambda one: one.id)
    criteria = tuple(
        _criterion(
            criterion,
            weights[criterion.id],
            [piece for piece in pieces if piece.criterion == criterion.id],
            latest.get(criterion.id),
        )
        for criterion in CRITERIA.values()
    )
    assessed = [(one.weight, one.counts) for one in criteria if one.counts is not None]
    total = math.fsum(weight * counts for weight, counts in assessed)
    divisor = math.fsum(weight for weight, _ in assessed)
    value = total / divisor if divisor > 0 else None
    level, threshold = (None, None) if value is None else level_of(value)
    whole = math.fsum(one.weight for one in criteria)
    share = divisor / whole if whole > 0 else 0.0
    verdict = _verdict(level, share, criteria)
    return Score(criteria, total, divisor, value, level, threshold, share, verdict)


def level_of(value: float) -> tuple[Level, float]:
    """The level that a value reaches, and the threshold where that level begins."""
    # Thirteen twentieths must reach 0.65 however the sum was rounded.
    rounded = round(value, 9)
    return next((level, begins) for level, begins in THRESHOLDS if rounded >= begins)


def _criterion(
    criterion: Criterion, weight: float, pieces: list[Evidence], overrule: Overrule | None
) -> CriterionScore:
    terms = tuple(Term(piece, piece.value * piece.weight) for piece in pieces)
    total = math.fsum(term.product for term in terms)
    divisor = math.fsum(piece.weight for piece in pieces)
    value = total / divisor if divisor >= LEAST_WEIGHT else None
    machine, threshold = (None, None) if value is None else level_of(value)
    return CriterionScore(
        criterion=criterion.id,
        title=criterion.title,
        weight=weight,
        terms=terms,
        total=total,
        divisor=divisor,
        value=value,
        machine=machine,
        threshold=threshold,
        overruled=overrule,
        level=machine if overrule is None else overrule.level,
        counts=value if overrule is None else LEVEL_VALUES[overrule.level],
    )


def _verdict(level: Level | None, share: float, criteria: tuple[CriterionScore, ...]) -> str:
    if level is None:
        return "Not assessed: nothing in this session says enough about any criterion."
    counted = [one for one in criteria if one.counts is not None and one.weight > 0]
    best = max(counted, key=lambda one: one.counts or 0.0)
    worst = min(counted, key=lambda one: one.counts or 0.0)
    if len(counted) == 1:
        where = f"only {best.title.lower()} could be assessed"
    elif best.counts == worst.counts:
        where = f"the same in all {len(counted)} criteria that were assessed"
    else:
        where = f"strongest in {best.title.lower()}, weakest in {worst.title.lower()}"
    provisional = " (provisional)" if share < ENOUGH_ASSESSED else ""
    return f"{LEVEL_TITLES[level]}{provisional}: {where}; {share:.0%} of the weight was assessed."
