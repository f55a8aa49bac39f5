"""Quizzes and predictions: what was chosen or predicted, what is right, and why."""

from collections.abc import Mapping
from typing import Any

from backend.bank import Question
from backend.report.document import Choice, Item
from backend.report.session import Session
from backend.room.events import answer_document

Verdict = Mapping[str, Any]


def items(session: Session, question: Question, verdict: Verdict | None) -> list[Item]:
    cases = {case["name"]: case for case in verdict["cases"]} if verdict is not None else {}
    if question.quiz:
        return [_quiz(session, question, item, cases) for item in range(len(question.quiz))]
    return [_predict(session, question, item, cases) for item in range(len(question.predict.asks))]


def _quiz(
    session: Session, question: Question, item: int, cases: Mapping[str, Mapping[str, Any]]
) -> Item:
    one, case = question.quiz[item], cases.get(f"item-{item + 1}")
    chosen = session.state.choices.get((question.slug, item), ())
    return Item(
        item=item,
        question=one.text,
        ask="",
        choices=[
            Choice(
                text=choice.text,
                chosen=number in chosen,
                right=choice.right if session.shows_solutions else None,
                why=choice.why if session.shows_solutions else "",
            )
            for number, choice in enumerate(one.choices)
        ],
        given="",
        outcome=None if case is None else case["outcome"],
        # The choices say what is right, each beside its own words.
        message=one.explanation if session.shows_solutions else "",
    )


def _predict(
    session: Session, question: Question, item: int, cases: Mapping[str, Mapping[str, Any]]
) -> Item:
    one, case = question.predict.asks[item], cases.get(f"item-{item + 1}")
    document = session.state.documents.get(answer_document(question.slug, item))
    is_open = session.shows_solutions and case is not None
    return Item(
        item=item,
        question=one.text,
        ask=one.form,
        choices=[],
        given="" if document is None else document.text,
        outcome=None if case is None else case["outcome"],
        message=case["message"] if is_open and case is not None else "",
    )
