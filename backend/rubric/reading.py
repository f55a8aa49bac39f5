"""Evidence from reading the code that was judged."""

from backend.rubric.cases import Submit
from backend.rubric.evidence import Evidence, Link, QuestionFacts
from backend.rubric.findings import KINDS, Finding, find

# Small beside a case, which proves something: a finding only reads. Each kind counts once a
# question, however many places show it, and none assesses a criterion by itself.
SEVERITY_WEIGHTS = {"serious": 0.6, "moderate": 0.4, "minor": 0.2}


def findings_of(code: str, facts: QuestionFacts) -> tuple[Finding, ...]:
    """What the candidate's code shows beyond its starter, by line."""
    findings = find(code)
    if not findings or not facts.starter:
        return findings
    given = {(one.id, one.excerpt) for one in find(facts.starter)}
    left_in = facts.kind == "debug"
    return tuple(
        one for one in findings if (one.id, one.excerpt) not in given or (left_in and not one.good)
    )


def finding_evidence(
    submit: Submit, facts: QuestionFacts, findings: tuple[Finding, ...]
) -> list[Evidence]:
    places: dict[str, list[Finding]] = {}
    for one in findings:
        places.setdefault(one.id, []).append(one)
    return [_evidence(submit, facts, found) for found in places.values()]


def _evidence(submit: Submit, facts: QuestionFacts, found: list[Finding]) -> Evidence:
    first = found[0]
    lines = ", ".join(str(one.line) for one in found[:5])
    where = f"line {lines}" if len(found) == 1 else f"lines {lines}"
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return Evidence(
        id=f"finding:{submit.question}:{first.id}",
        criterion=first.criterion,
        question=submit.question,
        kind="finding",
        value=1.0 if first.good else 0.0,
        weight=SEVERITY_WEIGHTS[KINDS[first.id].severity],
        text=f"{first.title} in {facts.title}, {where}{more}.",
        link=Link(
            question=submit.question,
            run=submit.run,
            line=first.line,
            seq=submit.seq,
            at=submit.at,
        ),
    )
