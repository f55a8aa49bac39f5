"""From what was sent to a verdict, for the kinds of question that are answered item by item."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from backend.answers.expected import Expectations
from backend.answers.predict import judge_predict
from backend.answers.quiz import judge_quiz
from backend.bank import Question
from backend.slots import SandboxLike
from sandbox.verdict import Verdict


def judge_answers(
    sandbox: SandboxLike,
    question: Question,
    code: str,
    known: Expectations,
    on_event: Callable[[dict[str, Any]], None] = lambda event: None,
) -> Verdict:
    """Judge a quiz or predictions. `OurFailure` where a snippet of ours does not run."""
    if question.kind == "quiz":
        verdict = judge_quiz(question, code)
    else:
        # Nothing the snippet prints is passed on while it runs: it would be the solution.
        expected = known.of(sandbox, question)
        verdict = judge_predict(question, code, expected, slot=sandbox.kind, torch=sandbox.torch)
    for case in verdict.cases:
        on_event({"type": "case", "case": asdict(case)})
    return verdict
