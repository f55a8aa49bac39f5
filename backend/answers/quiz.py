"""Judges a quiz: an item is right if exactly its right choices were taken."""

from collections.abc import Iterable

from backend.answers.reading import BadAnswers, read_choices
from backend.answers.verdicts import Item, Judged, refused, verdict_of
from backend.bank import Choice, Question, QuizItem
from sandbox.verdict import Verdict


def judge_quiz(question: Question, code: str) -> Verdict:
    items = [Item(item.text, item.criterion) for item in question.quiz]
    try:
        answers = read_choices(question, code)
    except BadAnswers as error:
        return refused(items, str(error))
    return verdict_of(
        items, [_judge(item, one) for item, one in zip(question.quiz, answers, strict=True)]
    )


def _judge(item: QuizItem, chosen: frozenset[int] | None) -> Judged:
    right = [item.choices[number] for number in item.right]
    solution = f"{'Right are' if item.many else 'Right is'}: {_quoted(right)}. {item.explanation}"
    if chosen is None:
        return Judged(False, f"Not answered. {solution}")
    if chosen == frozenset(item.right):
        return Judged(True, solution)
    wrong = [item.choices[number] for number in sorted(chosen) if not item.choices[number].right]
    if not wrong:
        missing = [choice for choice in right if item.choices.index(choice) not in chosen]
        return Judged(False, f"Incomplete, {_quoted(missing)} was not chosen. {solution}")
    reasons = " ".join(f"“{_short(choice)}” is wrong: {choice.why}" for choice in wrong)
    return Judged(False, f"{reasons} {solution}")


def _quoted(choices: Iterable[Choice]) -> str:
    return "; ".join(f"“{_short(choice)}”" for choice in choices)


def _short(choice: Choice) -> str:
    return " ".join(choice.text.split()).rstrip(".")
