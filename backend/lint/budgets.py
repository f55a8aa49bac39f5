"""An optimise question's budgets: right answers keep them with room, slow ones miss them by far.

Measured one at a time, with nothing else on the slots.
"""

from dataclasses import dataclass

from backend.lint.folder import caught_by
from backend.lint.report import Promise
from backend.lint.trials import Answer, Bench, Trial, Tried, complaints_of, fresh_seeds
from sandbox.verdict import Budget, CaseVerdict

# The sandbox measures again what is within 1.25 of the budget; beyond that, noise decides nothing.
ROOM = 1.25
FAR = 1.5


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a budget an answer took: 1.0 is all of it. `of` is "time" or "memory"."""

    of: str
    taken: float


def largest_share(budget: Budget) -> Share:
    time = Share("time", budget.time_ratio / budget.time_allowed)
    memory = Share("memory", budget.memory_ratio / budget.memory_allowed)
    return max(time, memory, key=lambda share: share.taken)


def promises_of_budgets(bench: Bench, right: list[Answer], wrong: list[Answer]) -> list[Promise]:
    return [_right_with_room(bench, right), _wrong_by_far(bench, wrong)]


def _right_with_room(bench: Bench, right: list[Answer]) -> Promise:
    tried = [
        bench.judge(Trial(answer, seed, (case,)))
        for answer in right
        for case in bench.measured
        for seed in fresh_seeds(1)
    ]
    complaints = list(complaints_of(tried))
    measured = _measured(tried)
    for one, case, budget in measured:
        share = largest_share(budget)
        if case.outcome == "passed" and share.taken * ROOM > 1:
            complaints.append(f"{_whose(one, case)} takes {share.taken:.2f} of the {share.of}")
    words = f"Right answers take less than 1/{ROOM:g} of the budgets"
    return Promise(words, _shares(measured), tuple(complaints))


def _wrong_by_far(bench: Bench, wrong: list[Answer]) -> Promise:
    """One that fails in a measured case for another reason, say a wrong value, is caught too."""
    tried = [
        bench.judge(Trial(answer, seed, (named,)))
        for answer in wrong
        if (named := caught_by(answer)) in bench.measured and named is not None
        for seed in fresh_seeds(1)
    ]
    complaints = [
        f"{one.trial.answer.name} passes the case that it names" for one in tried if not one.failed
    ]
    measured = _measured([one for one in tried if one.failed])
    for one, case, budget in measured:
        share = largest_share(budget)
        if share.taken < FAR:
            complaints.append(f"{_whose(one, case)} takes only {share.taken:.2f} of the {share.of}")
    words = f"Answers that are too slow or too large take more than {FAR:g} of a budget"
    return Promise(words, _shares(measured), tuple(complaints))


def _measured(tried: list[Tried]) -> list[tuple[Tried, CaseVerdict, Budget]]:
    return [
        (one, case, case.budget)
        for one in tried
        for case in one.verdict.cases
        if case.budget is not None
    ]


def _shares(measured: list[tuple[Tried, CaseVerdict, Budget]]) -> str:
    """Each answer with the largest share that it took in any case."""
    largest: dict[str, Share] = {}
    for one, _, budget in measured:
        name, share = one.trial.answer.name, largest_share(budget)
        if name not in largest or share.taken > largest[name].taken:
            largest[name] = share
    return ", ".join(
        f"{name} {share.taken:.2f} of the {share.of}" for name, share in largest.items()
    )


def _whose(one: Tried, case: CaseVerdict) -> str:
    return f'{one.trial.answer.name}, "{case.name}",'
