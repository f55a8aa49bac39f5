"""The criteria of the rubric as the report shows them: levels, evidence, and where to look."""

from backend.report.document import Criterion, Evidence, Outcome, Overruling, Threshold
from backend.report.session import Session
from backend.rubric import CRITERIA, CriterionScore, Term
from backend.rubric.score import LEAST_WEIGHT, LEVEL_VALUES, THRESHOLDS


def outcome(session: Session) -> Outcome:
    score = session.assessment.score
    return Outcome(
        sentence=score.verdict + _still_judged(session),
        level=score.level,
        value=score.value,
        total=score.total,
        divisor=score.divisor,
        threshold=score.threshold,
        assessed=score.assessed,
        least_weight=LEAST_WEIGHT,
    )


def _still_judged(session: Session) -> str:
    waiting = sum(run.mode == "submit" and run.under_way for run in session.state.runs.values())
    if waiting == 0:
        return ""
    what = "One Submit is" if waiting == 1 else f"{waiting} Submits are"
    return f" {what} still being judged, so this may change."


def thresholds() -> list[Threshold]:
    return [Threshold(level, least, LEVEL_VALUES[level]) for level, least in THRESHOLDS]


def criteria(session: Session) -> list[Criterion]:
    return [_criterion(session, one) for one in session.assessment.score.criteria]


def _criterion(session: Session, scored: CriterionScore) -> Criterion:
    about = CRITERIA[scored.criterion]
    overrule = scored.overruled
    return Criterion(
        id=scored.criterion,
        title=scored.title,
        description=about.description,
        green_flags=list(about.green_flags),
        red_flags=list(about.red_flags),
        weight=scored.weight,
        evidence=[_evidence(session, term) for term in scored.terms],
        total=scored.total,
        divisor=scored.divisor,
        value=scored.value,
        machine_level=scored.machine,
        threshold=scored.threshold,
        overruled=None
        if overrule is None
        else Overruling(
            _who(session, overrule.author),
            overrule.level,
            overrule.reason,
            session.seconds(overrule.at),
        ),
        level=scored.level,
        counts=scored.counts,
    )


def _evidence(session: Session, term: Term) -> Evidence:
    piece = term.evidence
    link = piece.link
    judged = session.assessment.judged.get(link.question or "")
    # Cases and lines of another run are not on this page; the moment in the log always is.
    is_shown = judged is not None and link.run == judged.run
    return Evidence(
        kind=piece.kind,
        sentence=piece.text,
        value=piece.value,
        weight=piece.weight,
        product=term.product,
        before_hints=piece.before_hints,
        hints=piece.hints,
        hint_cost=piece.hint_cost,
        question=link.question,
        case=link.case if is_shown else None,
        line=link.line if is_shown else None,
        item=link.item,
        at=None if link.at is None else session.seconds(link.at),
    )


def _who(session: Session, author: str) -> str:
    name = {
        "candidate": session.state.created.candidate,
        "interviewer": session.state.created.interviewer,
    }.get(author, "")
    return f"{name} (the {author})" if name else f"the {author}"
