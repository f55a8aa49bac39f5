"""From a session to its score: reads the log, the verdicts and the code, and weighs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.rubric import cases, people, reading
from backend.rubric.criteria import weights_with
from backend.rubric.evidence import Evidence, Overrule, Session
from backend.rubric.findings import Finding
from backend.rubric.score import Score, score
from backend.rubric.signals import Signals, read_signals
from backend.rubric.working import signal_evidence


@dataclass(frozen=True, slots=True)
class Judged:
    """The run that counts for a question: its last submit that was judged."""

    question: str
    run: str
    seq: int
    """Of its verdict."""
    findings: tuple[Finding, ...]
    """In the text that was judged; those that its starter had already are left out, except the
    faults of a debug question, which are there to be removed."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that a report shows about how a session was scored."""

    evidence: tuple[Evidence, ...]
    judged: Mapping[str, Judged]
    overrules: tuple[Overrule, ...]
    weights: Mapping[str, float]
    signals: Signals
    score: Score


def assess(session: Session) -> Assessment:
    """Reads a session and scores it. Same log, same questions, same codes: same assessment."""
    plan = _plan(session)
    signals = read_signals(session.events)
    submits = {
        question: submit
        for question, submit in cases.last_submits(session.events).items()
        if question in session.questions
    }
    evidence: list[Evidence] = []
    judged: dict[str, Judged] = {}
    for question, submit in sorted(submits.items()):
        facts = session.questions[question]
        findings = reading.findings_of(session.codes.get(submit.run, ""), facts)
        judged[question] = Judged(question, submit.run, submit.seq, findings)
        evidence += cases.case_evidence(submit, facts, plan.hint_cost)
        evidence += reading.finding_evidence(submit, facts, findings)
    evidence += signal_evidence(signals, session.questions)
    evidence += people.person_evidence(session.events, session.questions)
    evidence.sort(key=lambda piece: piece.id)
    overrules = tuple(people.overrules(session.events))
    return Assessment(
        evidence=tuple(evidence),
        judged=judged,
        overrules=overrules,
        weights=plan.weights,
        signals=signals,
        score=score(evidence, plan.weights, overrules),
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    weights: Mapping[str, float]
    hint_cost: float


def _plan(session: Session) -> _Plan:
    """What the template said when the room was made."""
    body: Mapping[str, Any] = next(
        (event.body for event in session.events if event.kind == "created"), {}
    )
    cost = body.get("rules", {}).get("hint_cost", 0.0)
    return _Plan(weights_with(body.get("weights", {})), float(cost))
