"""What scoring needs to know of the bank's questions."""

from backend.bank import Question
from backend.rubric import AnswerFacts, QuestionFacts


def facts_of(question: Question) -> QuestionFacts:
    if question.concept:
        answers = [
            AnswerFacts(item.text, tuple(point.text for point in item.key_points), item.criterion)
            for item in question.concept
        ]
    else:
        answers = [
            AnswerFacts(item.question, tuple(point.text for point in item.key_points))
            for item in question.followups.items
        ]
    return QuestionFacts(
        title=question.title, kind=question.kind, starter=question.starter, answers=tuple(answers)
    )
