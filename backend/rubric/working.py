"""Evidence from how the runs followed each other: method, not speed."""

from collections.abc import Mapping

from backend.rubric.attempts import Streak
from backend.rubric.evidence import Evidence, Link, QuestionFacts
from backend.rubric.signals import QuestionSignals, Signals

# Half a case: it counts beside the cases of a criterion, and assesses none by itself.
SIGNAL_WEIGHT = 0.5
_NOT_WORKED_ON = ("quiz", "predict", "concept")


def signal_evidence(signals: Signals, questions: Mapping[str, QuestionFacts]) -> list[Evidence]:
    found: list[Evidence] = []
    for one in signals.questions:
        facts = questions.get(one.question)
        if facts is not None and facts.kind not in _NOT_WORKED_ON:
            found += _of_question(one, facts)
    return found


def _of_question(one: QuestionSignals, facts: QuestionFacts) -> list[Evidence]:
    found = []
    if one.shape_streaks:
        longest = max(one.shape_streaks, key=lambda streak: len(streak.runs))
        text = (
            f"{len(longest.runs)} runs of {facts.title} in a row died on shapes: trial and error."
        )
        found.append(_against(one.question, "shapes", "shape-awareness", text, longest))
    if one.stuck:
        longest = max(one.stuck, key=lambda streak: len(streak.runs))
        text = f"{len(longest.runs)} runs of {facts.title} in a row failed in the same place."
        found.append(_against(one.question, "stuck", "debugging", text, longest))
    elif one.failures and one.mended == one.failures:
        many = "The one failure" if one.failures == 1 else f"Each of {one.failures} failures"
        found.append(
            Evidence(
                id=f"signal:{one.question}:mended",
                criterion="debugging",
                question=one.question,
                kind="signal",
                value=1.0,
                weight=SIGNAL_WEIGHT,
                text=f"{many} in {facts.title} was mended within two runs.",
                link=Link(question=one.question),
            )
        )
    return found


def _against(question: str, name: str, criterion: str, text: str, streak: Streak) -> Evidence:
    return Evidence(
        id=f"signal:{question}:{name}",
        criterion=criterion,
        question=question,
        kind="signal",
        value=0.0,
        weight=SIGNAL_WEIGHT,
        text=text,
        link=Link(question=question, run=streak.runs[-1], seq=streak.seq, at=streak.at),
    )
