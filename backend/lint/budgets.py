"""An optimise question's budgets: right answers keep them with room, slow ones miss them by far.

Measured one at a time, with nothing else on the slots.
"""

from collections.abc import Callable
from dataclasses import dataclass

from backend.lint.folder import caught_by
from backend.lint.report import Promise
from backend.lint.trials import Answer, Bench, Trial, fresh_seeds
from backend.outcomes import OUTCOMES
from sandbox.verdict import Budget

# The sandbox measures again what is within 1.25 of the budget; beyond that, noise decides nothing.
ROOM = 1.25
FAR = 1.5
TRIES = 3


@dataclass(frozen=True, slots=True)
class Share:
    """How much of each budget an answer took: 1.0 is all of it."""

    time: float
    memory: float

    @property
    def largest(self) -> float:
        return max(self.time, self.memory)

    def __str__(self) -> str:
        return f"{self.time:.2f} of the time, {self.memory:.2f} of the memory"


def share_of(budget: Budget) -> Share:
    return Share(
        budget.time_ratio / budget.time_allowed, budget.memory_ratio / budget.memory_allowed
    )


def promises_of_budgets(bench: Bench, right: list[Answer], wrong: list[Answer]) -> list[Promise]:
    return [_right_with_room(bench, right), _wrong_by_far(bench, wrong)]


def _right_with_room(bench: Bench, right: list[Answer]) -> Promise:
    complaints: list[str] = []
    shares: list[str] = []
    for answer in right:
        for name in bench.measured:
            best = _measure(bench, answer, name, enough=lambda share: share.largest * ROOM < 1)
            shares.append(f"{answer.name} {best}")
            if isinstance(best, str) or best.largest * ROOM > 1:
                complaints.append(f'{answer.name}, "{name}": {best}')
    words = f"Right answers take less than 1/{ROOM:g} of the budgets"
    return Promise(words, "; ".join(shares), tuple(complaints))


def _wrong_by_far(bench: Bench, wrong: list[Answer]) -> Promise:
    """One that fails in a measured case for another reason, say a wrong value, is caught too."""
    complaints: list[str] = []
    shares: list[str] = []
    for answer in wrong:
        name = caught_by(answer)
        if name is None or name not in bench.measured:
            continue
        found = _measure(bench, answer, name, enough=lambda share: share.largest > FAR)
        shares.append(f"{answer.name} {found}")
        if isinstance(found, Share) and found.largest < FAR:
            complaints.append(f'{answer.name}, "{name}": only {found}')
    words = f"Answers that are too slow or too large take more than {FAR:g} of a budget"
    return Promise(words, "; ".join(shares), tuple(complaints))


def _measure(
    bench: Bench, answer: Answer, case: str, enough: Callable[[Share], bool]
) -> Share | str:
    """What it took of the budget, or why there was nothing to measure; again if not `enough`.

    A busy machine can spoil a measurement either way, so a single one breaks no promise.
    """
    for _ in range(TRIES):
        (seed,) = fresh_seeds(1)
        verdict = bench.judge(Trial(answer, seed, (case,))).verdict.cases[0]
        if verdict.budget is None:
            return f"{OUTCOMES.get(verdict.outcome, verdict.outcome)}, unmeasured"
        share = share_of(verdict.budget)
        if enough(share):
            break
    return share
