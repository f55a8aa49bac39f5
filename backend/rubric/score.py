"""Evidence in, levels out, with every step of the arithmetic kept.

A criterion's value is the weighted mean of its evidence: the sum of value times weight, divided
by the sum of the weights. The session's value is the weighted mean of its criteria that were
assessed. Nothing else happens, so a page can show all of it.
"""

from dataclasses import dataclass

from backend.room.events import Level
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
