"""Each question of the interview: the text, how it was judged, what was seen in it."""

from collections.abc import Mapping
from typing import Any, Literal, cast

from backend.bank import Question as BankQuestion
from backend.outcomes import OUTCOMES
from backend.report import document
from backend.report.answers import answers
from backend.report.difference import difference
from backend.report.items import items
from backend.report.session import Session
from backend.room.events import code_document

Why = Literal["asked", "time", "moved-on"]
CodeIs = Literal["submitted", "as it stood", "untouched"]


def questions(session: Session) -> list[document.Question]:
    """Those whose stage was reached, in the order of the plan."""
    reached = session.state.created.stages[: session.state.stage + 1]
    slugs = dict.fromkeys(slug for stage in reached for slug in stage.questions)
    return [_question(session, slug) for slug in slugs]


def _question(session: Session, slug: str) -> document.Question:
    known = session.questions.get(slug)
    judged = session.assessment.judged.get(slug)
    verdict = _verdicts(session, slug).get(judged.run) if judged is not None else None
    code, code_is = _code(session, slug, known, None if judged is None else judged.run)
    is_code = code is not None
    return document.Question(
        slug=slug,
        title=session.title_of(slug),
        summary="" if known is None else known.summary,
        kind="" if known is None else known.kind,
        lesson="" if known is None else known.lesson,
        level="" if known is None else known.level,
        minutes=0 if known is None else known.minutes,
        known=known is not None,
        code=code,
        code_is=code_is,
        runs=_runs(session, slug),
        judged=None if judged is None else judged.run,
        problem=_problem(verdict),
        cases=_cases(verdict) if is_code else [],
        findings=_findings(session, slug) if is_code else [],
        difference=_difference(session, known, code),
        answers=[] if known is None else answers(session, known),
        snippet="" if known is None else known.predict.snippet,
        items=[] if known is None else items(session, known, verdict),
        hints=_hints(session, slug, known),
        hints_of=0 if known is None else len(known.hints),
    )


def _code(
    session: Session, slug: str, known: BankQuestion | None, judged: str | None
) -> tuple[str | None, CodeIs]:
    opened = session.state.documents.get(code_document(slug))
    if opened is None:
        return None, "untouched"
    if judged is not None and judged in session.codes:
        return session.codes[judged], "submitted"
    untouched = opened.version == 0 or (known is not None and opened.text == known.starter)
    return opened.text, "untouched" if untouched else "as it stood"


def _verdicts(session: Session, slug: str) -> dict[str, Mapping[str, Any]]:
    return {
        event.body["run"]: event.body["verdict"]
        for event in session.events
        if event.kind == "verdict" and event.body["question"] == slug
    }


def _runs(session: Session, slug: str) -> list[document.Run]:
    verdicts = _verdicts(session, slug)
    failures = {
        event.body["run"]: event.body["message"]
        for event in session.events
        if event.kind == "failure"
    }
    found = []
    for run in session.state.runs.values():
        if run.question != slug:
            continue
        verdict = verdicts.get(run.run)
        took = None if run.ended_at is None else (run.ended_at - run.at).total_seconds()
        found.append(
            document.Run(
                id=run.run,
                mode=run.mode,
                at=session.seconds(run.at),
                seconds=None if took is None else round(took, 3),
                why=cast(Why, run.why),
                sha256=run.sha256,
                outcome=None if verdict is None else verdict["outcome"],
                passed=run.passed,
                total=run.total,
                message=_first_message(verdict),
                failure=failures.get(run.run),
            )
        )
    return found


def _first_message(verdict: Mapping[str, Any] | None) -> str:
    """What stood in the way first; empty where nothing did."""
    if verdict is None:
        return ""
    problem = _problem(verdict)
    if problem:
        return problem
    script = verdict["script"]
    if script is not None and script["outcome"] != "passed":
        return str(script["message"])
    return next((c["message"] for c in verdict["cases"] if c["outcome"] != "passed"), "")


def _problem(verdict: Mapping[str, Any] | None) -> str:
    problem = None if verdict is None else verdict["problem"]
    if problem is None:
        return ""
    title = problem["title"].rstrip(".") or OUTCOMES[problem["outcome"]]
    return f"{title}. {problem['message']}"


def _cases(verdict: Mapping[str, Any] | None) -> list[document.Case]:
    if verdict is None:
        return []
    return [
        document.Case(
            name=case["name"],
            title=case["title"],
            criterion=case["criterion"],
            visible=case["visible"],
            outcome=case["outcome"],
            message=case["message"],
            line=case.get("line"),
        )
        for case in verdict["cases"]
    ]


def _findings(session: Session, slug: str) -> list[document.Finding]:
    judged = session.assessment.judged.get(slug)
    if judged is None:
        return []
    return sorted(
        (
            document.Finding(
                id=one.id,
                line=one.line,
                end_line=one.end_line,
                title=one.title,
                advice=one.advice,
                criterion=one.criterion,
                good=one.good,
            )
            for one in judged.findings
        ),
        key=lambda one: (one.line, one.id),
    )


def _difference(
    session: Session, known: BankQuestion | None, code: str | None
) -> list[document.DiffLine] | None:
    if known is None or not known.reference or code is None or not session.shows_solutions:
        return None
    return difference(code, known.reference)


def _hints(session: Session, slug: str, known: BankQuestion | None) -> list[document.Hint]:
    titles = {} if known is None else {at: hint.title for at, hint in enumerate(known.hints, 1)}
    return [
        document.Hint(
            level=event.body["level"],
            at=session.seconds(event.at),
            title=titles.get(event.body["level"], ""),
        )
        for event in session.events
        if event.kind == "hint" and event.body["question"] == slug
    ]
