"""What a link may see of a question in its room, at this moment."""

from typing import Any

from backend.bank import FORMS, Bank, Question
from backend.errors import Problem
from backend.questions import service as questions
from backend.questions.markdown import render
from backend.room.events import Role
from backend.room.state import State
from backend.room.views import report_open


def question_view(state: State, role: Role, slug: str, bank: Bank) -> dict[str, Any]:
    """The task and its items. The solution is there for the interviewer, and for a candidate once
    the report is open."""
    question = bank.get(slug)
    stages = state.created.stages
    planned = {one for stage in stages for one in stage.questions}
    # To the candidate a question of a coming stage is as little there as one of another room.
    seen = planned if role == "interviewer" else set(state.reached)
    if question is None or slug not in seen:
        raise Problem(
            404,
            "no-such-question",
            "No such question",
            f'There is no question "{slug}" in this room now.',
        )
    view = questions.view(question).model_dump(mode="json")
    view["items"] = _items(question)
    if role == "interviewer" or report_open(state, role):
        view["solution"] = _solution(question)
    return view


def _items(question: Question) -> list[dict[str, Any]]:
    """What is asked, never what is right."""
    quiz = [
        _item(
            number,
            item.text,
            choices=[render(choice.text) for choice in item.choices],
            many=item.many,
        )
        for number, item in enumerate(question.quiz)
    ]
    predict = [
        _item(number, ask.text, ask=f"Answer with {FORMS[ask.form]}.")
        for number, ask in enumerate(question.predict.asks)
    ]
    concept = [_item(number, item.text) for number, item in enumerate(question.concept)]
    return quiz + predict + concept


def _item(
    number: int,
    text: str,
    *,
    choices: list[str] | None = None,
    many: bool = False,
    ask: str | None = None,
) -> dict[str, Any]:
    return {
        "item": number,
        "text_html": render(text),
        "choices": choices,
        "many": many,
        "ask": ask,
    }


def _solution(question: Question) -> dict[str, Any]:
    return {
        "reference": question.reference,
        "editorial_html": render(question.editorial),
        "hints": [{"title": hint.title, "html": render(hint.text)} for hint in question.hints],
        "followups": [
            {
                "question": one.question,
                "key_points": [point.text for point in one.key_points],
                "green_flags": list(one.green_flags),
                "red_flags": list(one.red_flags),
                "further": one.further,
            }
            for one in question.followups.items
        ],
        "quiz": [
            {"right": list(item.right), "explanation_html": render(item.explanation)}
            for item in question.quiz
        ],
        "concept": [
            {
                "key_points": [point.text for point in item.key_points],
                "green_flags": list(item.green_flags),
                "red_flags": list(item.red_flags),
                "further": item.further,
                "strong_html": render(item.strong),
            }
            for item in question.concept
        ],
    }
