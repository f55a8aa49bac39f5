"""What a question's `question.toml` tells the sandbox: limits, entry, forbidden names, budget."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.errors import BadQuestion


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one case, enforced by the kernel where it can.

    seconds: wall time; script_seconds: the same for the file run as a script; memory_mb: beyond the
    warm process; output_kb: stdout and stderr together; disk_mb: the largest file.
    """

    seconds: float = 5.0
    script_seconds: float = 10.0
    memory_mb: int = 512
    processes: int = 8
    output_kb: int = 64
    disk_mb: int = 64


@dataclass(frozen=True, slots=True)
class BudgetRules:
    """How much slower and bigger than the reference an answer may be, over how many rounds."""

    time_ratio: float = 3.0
    memory_ratio: float = 2.0
    memory_slack_mb: float = 8.0
    rounds: int = 5


@dataclass(frozen=True, slots=True)
class Rules:
    """What applies to every submission to one question."""

    limits: Limits
    budget: BudgetRules
    entry: dict[str, str] = field(default_factory=dict)
    forbidden: dict[str, str] = field(default_factory=dict)


def read_rules(question_dir: Path) -> Rules:
    """The rules in this folder's question.toml. `BadQuestion` where it cannot be read."""
    try:
        table = tomllib.loads((question_dir / "question.toml").read_text(encoding="utf-8"))
        return Rules(
            Limits(**table.get("limits", {})),
            BudgetRules(**table.get("budget", {})),
            dict(table.get("entry", {})),
            dict(table.get("forbidden", {})),
        )
    except (OSError, ValueError, TypeError) as error:
        raise BadQuestion(f"{question_dir.name}/question.toml: {error}") from None
