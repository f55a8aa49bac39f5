"""From a session to its score: reads the log, the verdicts and the code, and weighs them."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.rubric.evidence import Evidence, Overrule
from backend.rubric.findings import Finding
from backend.rubric.score import Score
from backend.rubric.signals import Signals


@dataclass(frozen=True, slots=True)
class Judged:
    """The run that counts for a question: its last submit that was judged."""

    question: str
    run: str
    seq: int
    """Of its verdict."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that a report shows about how a session was scored."""

    evidence: tuple[Evidence, ...]
    judged: Mapping[str, Judged]
    overrules: tuple[Overrule, ...]
    weights: Mapping[str, float]
    signals: Signals
    score: Score
