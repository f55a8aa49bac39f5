"""Many judgements at once: what is to be tried, and what came of it."""

import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sandbox.judge_client import CaseFacts
from sandbox.judging import Sandbox
from sandbox.verdict import CaseVerdict, Mode, Verdict

FEW_SEEDS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """A text that could be handed in. `name` is its path in the folder, or says what it is."""

    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Trial:
    """One judgement to be made. `cases` are the names of those to play; None means all."""

    answer: Answer
    seed: int
    cases: tuple[str, ...] | None = None
    layout: str = "plain"
    dtype: str | None = None
    mode: Mode = "submit"


@dataclass(frozen=True, slots=True)
class Tried:
    trial: Trial
    verdict: Verdict

    @property
    def failed(self) -> list[CaseVerdict]:
        return [case for case in self.verdict.cases if case.outcome != "passed"]

    def complaint(self, case: CaseVerdict) -> str:
        """One sentence that says which answer, which case, what happened, and with which seed."""
        name, seed = self.trial.answer.name, self.trial.seed
        return f'{name}, "{case.name}" ({case.outcome}, seed {seed}): {_first_line(case.message)}'


@dataclass(frozen=True, slots=True)
class Bench:
    """A question on the sandbox: its cases, and as many judgements at a time as there are slots."""

    sandbox: Sandbox
    folder: Path
    cases: dict[str, CaseFacts]
    pool: ThreadPoolExecutor
    seeds: int

    @property
    def few(self) -> int:
        """How many seeds are enough where there are many answers."""
        return min(FEW_SEEDS, self.seeds)

    @property
    def quick(self) -> tuple[str, ...]:
        """Cases without a budget: they may be played side by side, and cost milliseconds."""
        return tuple(name for name, case in self.cases.items() if not case.budget)

    @property
    def measured(self) -> tuple[str, ...]:
        """Cases with a budget: nothing else may run while they are timed."""
        return tuple(name for name, case in self.cases.items() if case.budget)

    def judge(self, trial: Trial) -> Tried:
        verdict = self.sandbox.judge(
            self.folder,
            trial.answer.source,
            mode=trial.mode,
            seed=trial.seed,
            layout=trial.layout,
            dtype=trial.dtype,
            cases=None if trial.cases is None else list(trial.cases),
        )
        return Tried(trial, verdict)

    def judge_all(self, trials: Iterable[Trial]) -> list[Tried]:
        """Side by side, answered in the order of `trials`."""
        return list(self.pool.map(self.judge, trials))


def fresh_seeds(count: int) -> list[int]:
    return [secrets.randbits(62) for _ in range(count)]


def complaints_of(tried: Iterable[Tried]) -> tuple[str, ...]:
    """One for each answer that fails though it should pass: its first failing case."""
    found: dict[str, str] = {}
    for one in tried:
        for case in one.failed:
            found.setdefault(one.trial.answer.name, one.complaint(case))
    return tuple(found.values())


def seeds_of(count: int, measure: Callable[[int], list[Trial]]) -> list[Trial]:
    """The trials that `measure` wants for each of `count` fresh seeds."""
    return [trial for seed in fresh_seeds(count) for trial in measure(seed)]


def _first_line(message: str) -> str:
    return message.strip().splitlines()[0] if message.strip() else "no message"
