"""What a person learns about a submission: a verdict, its cases, and what exactly is wrong."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal[
    "passed",
    "failed",
    "error",
    "timed_out",
    "out_of_memory",
    "output_limit",
    "crashed",
    "refused",
]
Mode = Literal["run", "submit", "script"]


@dataclass(frozen=True, slots=True)
class Described:
    """One side of a difference. `value` is text, cut to a readable length."""

    type: str
    shape: list[int] | None = None
    dtype: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class FirstBad:
    """The first index, in row-major order, at which the values differ by more than is allowed."""

    index: list[int]
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Where an observation differs from the reference's. Errors are None where not comparable."""

    path: str
    label: str
    what: Literal["value", "shape", "dtype", "structure", "input_changed"]
    expected: Described
    got: Described
    max_abs: float | None = None
    max_rel: float | None = None
    mismatched: int | None = None
    elements: int | None = None
    first_bad: FirstBad | None = None
    rtol: float | None = None
    atol: float | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """Time (seconds) and peak memory (MiB) beside the reference's, measured in the same slot."""

    seconds: float
    reference_seconds: float
    time_ratio: float
    time_allowed: float
    peak_mb: float
    reference_peak_mb: float
    memory_ratio: float
    memory_allowed: float


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """How one case ended. `message` is one sentence; `used` is the largest error over tolerance."""

    name: str
    title: str
    visible: bool
    criterion: str
    outcome: Outcome
    message: str
    seconds: float = 0.0
    failure: Failure | None = None
    traceback: str | None = None
    line: int | None = None
    output: str | None = None
    budget: Budget | None = None
    used: float | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the file as a whole, found before any case could run."""

    outcome: Outcome
    title: str
    message: str
    line: int | None = None
    traceback: str | None = None


@dataclass(frozen=True, slots=True)
class ScriptResult:
    """What the file did when it was executed as a script. `cut` says that output is missing."""

    outcome: Outcome
    message: str
    seconds: float
    stdout: str
    stderr: str
    cut: bool
    traceback: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on one submission."""

    outcome: Outcome
    passed: int
    total: int
    seconds: float
    mode: Mode
    slot: str
    torch: str
    problem: Problem | None
    script: ScriptResult | None
    cases: list[CaseVerdict]

    def to_json(self) -> dict[str, Any]:
        """The whole verdict as JSON-able data; field names are the attributes' names."""
        return dataclasses.asdict(self)


def case_from_json(data: dict[str, Any]) -> CaseVerdict:
    """The inverse of `dataclasses.asdict` on a `CaseVerdict`."""
    failure = data["failure"]
    if failure is not None:
        first = failure["first_bad"]
        failure = Failure(
            **{
                **failure,
                "expected": Described(**failure["expected"]),
                "got": Described(**failure["got"]),
                "first_bad": None if first is None else FirstBad(**first),
            }
        )
    budget = data["budget"]
    return CaseVerdict(
        **{**data, "failure": failure, "budget": None if budget is None else Budget(**budget)}
    )


def verdict_from_json(data: dict[str, Any]) -> Verdict:
    """The inverse of `Verdict.to_json`."""
    problem, script = data["problem"], data["script"]
    return Verdict(
        **{
            **data,
            "problem": None if problem is None else Problem(**problem),
            "script": None if script is None else ScriptResult(**script),
            "cases": [case_from_json(case) for case in data["cases"]],
        }
    )
