"""What a candidate may see of a question, and from when on."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy.orm import Session

from backend.bank import KINDS, LESSONS, LEVELS, Bank, Question
from backend.errors import Problem
from backend.questions.markdown import render
from backend.questions.schemas import (
    Facet,
    FollowupView,
    HintView,
    QuestionList,
    QuestionSummary,
    QuestionView,
    SolutionView,
    TolerancesView,
)
from backend.runs import queries


def search(
    bank: Bank, q: str | None, kind: str | None, lesson: str | None, level: str | None
) -> QuestionList:
    return QuestionList(
        items=[_summary(question) for question in bank.search(q, kind, lesson, level)],
        kinds=_facets(KINDS, Counter(question.kind for question in bank.questions)),
        lessons=_facets(LESSONS, Counter(question.lesson for question in bank.questions)),
        levels=_facets(LEVELS, Counter(question.level for question in bank.questions)),
    )


def find(bank: Bank, slug: str) -> Question:
    question = bank.get(slug)
    if question is None:
        raise Problem(
            404,
            "no-such-question",
            "No such question",
            f'There is no question "{slug}" in the bank.',
        )
    return question


def view(question: Question) -> QuestionView:
    return QuestionView(
        **_summary(question).model_dump(),
        prompt_html=render(question.prompt),
        starter=question.starter,
        items=question.items,
        hints=len(question.hints),
        devices=list(question.devices),
        limits=question.limits,
        forbidden=list(question.forbidden),
        tolerances=TolerancesView(rtol=question.tolerances.rtol, atol=question.tolerances.atol),
        entry=[f"{entry.name}({entry.parameters})" for entry in question.entry],
    )


def hint(question: Question, number: int) -> HintView:
    count = len(question.hints)
    if not 1 <= number <= count:
        raise Problem(
            404, "no-such-hint", "No such hint", f"The hints are numbered from 1 to {count}."
        )
    one = question.hints[number - 1]
    return HintView(number=number, of=count, html=render(f"### {one.title}\n\n{one.text}"))


def solution(session: Session, question: Question, run_id: str) -> SolutionView:
    """The reference and what goes with it, for somebody whose own answer has passed."""
    run = queries.get_run(session, run_id)
    passed = (
        run is not None
        and run.question == question.slug
        and run.mode == "submit"
        # A room has its own moment for the solution: its follow-ups are still to come.
        and run.room_id is None
        and run.verdict is not None
        and run.verdict["outcome"] == "passed"
    )
    if not passed:
        raise Problem(
            403,
            "not-passed-yet",
            "Not passed yet",
            "The solution opens when a Submit of yours has passed every case of this question.",
        )
    return SolutionView(
        editorial_html=render(question.editorial),
        reference=question.reference,
        followups=[
            FollowupView(question=one.question, key_points=[point.text for point in one.key_points])
            for one in question.followups.items
        ],
    )


def _summary(question: Question) -> QuestionSummary:
    return QuestionSummary(
        slug=question.slug,
        title=question.title,
        kind=question.kind,
        lesson=question.lesson,
        level=question.level,
        minutes=question.minutes,
        tags=list(question.tags),
        asked_at=list(question.asked_at),
        summary=question.summary,
    )


def _facets(titles: Mapping[str, str], counts: Counter[str]) -> list[Facet]:
    """Only what the bank has: a filter that finds nothing is a dead end."""
    return [
        Facet(id=value, title=title, count=counts[value])
        for value, title in titles.items()
        if counts[value]
    ]
