"""Time and peak memory of an answer beside the reference's, in the same slot, in turn, round by
round.

A round is two jobs, the reference's and the candidate's, each in a fresh process that holds the
prepared inputs and nothing of the code yet. The clock starts when the code is let in and stops when
the whole observation is out, so neither an early answer nor work done beforehand helps; the next
round brings fresh inputs.

Noise only ever adds, so each side counts with its fastest round. An answer within a hair of the
budget gets a second set of rounds before it is called too slow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sandbox import messages, protocol, text
from sandbox.errors import BadQuestion, SlotGone
from sandbox.judge_client import CaseFacts, Judge, Ticket
from sandbox.protocol import Kind
from sandbox.rules import BudgetRules
from sandbox.run import SETUP_SECONDS, Submitted, judged, read_case, setup_frame
from sandbox.slot import Answered, Ended, Job, Output, Slot
from sandbox.verdict import Budget, CaseVerdict, Outcome

HAIR = 1.25
_RUN = 2


@dataclass(frozen=True, slots=True)
class Measured:
    """One job's wall time (seconds), peak memory beyond the prepared inputs (MiB), and answer."""

    seconds: float
    peak_mb: float
    payload: bytes


class Overrun(Exception):
    """A job that ended without an answer; carries outcome and message."""

    def __init__(self, ended: Ended, printed: bytes) -> None:
        super().__init__(ended.reason)
        self.ended, self.printed = ended, printed


def judge_budget(
    slot: Slot,
    judge: Judge,
    ticket: Ticket,
    indexes: list[int],
    facts: CaseFacts,
    submitted: Submitted,
    reference: bytes,
) -> CaseVerdict:
    """Play rounds until the answer is wrong, over budget beyond doubt, or within it."""
    rules = submitted.rules.budget
    seconds = facts.seconds or submitted.rules.limits.seconds
    trusted = replace(submitted, source=reference, rules=replace(submitted.rules, forbidden={}))
    own: list[Measured] = []
    others: list[Measured] = []
    for index in [*indexes, *indexes]:
        blob = ticket.blobs[index]
        try:
            others.append(_measure(slot, trusted, blob, seconds))
        except Overrun as overrun:
            raise BadQuestion(f"the reference failed its own budget case: {overrun}") from None
        try:
            own.append(_measure(slot, submitted, blob, seconds))
        except Overrun as overrun:
            return _overrun(facts, submitted, overrun, seconds)
        verdict = _answer(judge, ticket, index, facts, own[-1])
        if verdict.outcome != "passed":
            return verdict
        budget = _budget(own, others, rules)
        if len(own) >= len(indexes) and not _within_a_hair(budget):
            break
    complaint = messages.of_budget(budget)
    outcome: Outcome = "failed" if complaint else "passed"
    message = complaint or "Passed, within the budget."
    return replace(verdict, outcome=outcome, message=message, budget=budget, seconds=budget.seconds)


def _measure(slot: Slot, submitted: Submitted, blob: bytes, seconds: float) -> Measured:
    limits = submitted.rules.limits
    prepared = setup_frame(submitted, "budget", 1, slot.device) + protocol.frame(Kind.CASE, blob)
    job = Job(
        stages=[SETUP_SECONDS, SETUP_SECONDS, seconds],
        feed=[prepared, _RUN, protocol.frame(Kind.SOURCE, submitted.source)],
        output_bytes=limits.output_kb << 10,
        measure=True,
    )
    printed = b""
    base_kb = 0
    for event in slot.play(job):
        match event:
            case Output(_, data):
                printed += data
            case Answered(stage=1, resident_kb=resident):
                base_kb = resident or 0
            case Answered(stage, took, payload, peak) if stage == _RUN:
                peak_mb = max(0, (peak or 0) - base_kb) / 1024
                return Measured(took, peak_mb, payload)
            case Ended(stage=stage):
                if stage < _RUN:
                    raise BadQuestion(f"probe.py: prepare failed: {text.decode(printed)[-500:]}")
                raise Overrun(event, printed)
    raise SlotGone("the slot fell silent")


def _answer(
    judge: Judge, ticket: Ticket, index: int, facts: CaseFacts, measured: Measured
) -> CaseVerdict:
    verdict, answer = read_case(index, facts, measured.payload, measured.seconds, b"")
    if answer is None:
        return verdict
    results: list[dict[str, Any]] = judge.check(ticket, [answer])
    return judged(verdict, results[0])


def _overrun(
    facts: CaseFacts, submitted: Submitted, overrun: Overrun, seconds: float
) -> CaseVerdict:
    printed = text.decode(overrun.printed)
    outcome, message = messages.of_end(overrun.ended, submitted.rules.limits, seconds, printed)
    return CaseVerdict(
        facts.name, facts.title, facts.visible, facts.criterion, outcome, message, seconds
    )


def _budget(own: list[Measured], others: list[Measured], rules: BudgetRules) -> Budget:
    seconds, reference_seconds = (min(m.seconds for m in side) for side in (own, others))
    peak, reference_peak = (min(m.peak_mb for m in side) for side in (own, others))
    # What both may use without being counted, so that a small reference is no trap.
    slack = rules.memory_slack_mb
    return Budget(
        seconds,
        reference_seconds,
        seconds / reference_seconds,
        rules.time_ratio,
        peak,
        reference_peak,
        max(peak, slack) / max(reference_peak, slack),
        rules.memory_ratio,
    )


def _within_a_hair(budget: Budget) -> bool:
    pairs = (
        (budget.time_ratio, budget.time_allowed),
        (budget.memory_ratio, budget.memory_allowed),
    )
    return any(allowed / HAIR < ratio < allowed * HAIR for ratio, allowed in pairs)
