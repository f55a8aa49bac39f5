"""Judges predictions against what the snippet gave."""

from collections.abc import Sequence

from backend.answers.expected import Expected
from backend.answers.notation import agrees
from backend.answers.reading import BadAnswers, read_predictions
from backend.answers.verdicts import Item, Judged, refused, verdict_of
from backend.bank import Ask, Question
from sandbox.verdict import Verdict

LONGEST_QUOTE = 80


def judge_predict(
    question: Question, code: str, expected: Sequence[Expected], *, slot: str, torch: str
) -> Verdict:
    items = items_of(question)
    try:
        answers = read_predictions(question, code)
    except BadAnswers as error:
        return refused(items, str(error))
    judged = [
        _judge(ask, one, said)
        for ask, one, said in zip(question.predict.asks, expected, answers, strict=True)
    ]
    return verdict_of(items, judged, slot=slot, torch=torch)


def items_of(question: Question) -> list[Item]:
    return [Item(ask.text, ask.criterion) for ask in question.predict.asks]


def _judge(ask: Ask, expected: Expected, said: str | None) -> Judged:
    solution = f"It is {expected.text}. {ask.why}"
    if said is None:
        return Judged(False, f"Not answered. {solution}")
    if agrees(ask, expected.value, said):
        return Judged(True, solution)
    quote = said if len(said) <= LONGEST_QUOTE else said[: LONGEST_QUOTE - 1] + "…"
    return Judged(False, f"You said “{quote}”. {solution}")
