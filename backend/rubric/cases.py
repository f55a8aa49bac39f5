"""Evidence from verdicts: every case of the last submit of each question that was judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.room.events import Event
from backend.rubric.criteria import CRITERIA
from backend.rubric.evidence import Evidence, Link, QuestionFacts

# The cases of one question weigh one each in their criterion, but never more than this together:
# forty small cases say no more about a person than four good ones.
MOST_OF_A_QUESTION = 4.0
# A quiz item or a prediction is a smaller piece of work than a case of written code.
MOST_OF_A_QUIZ = 2.0
_QUICK_KINDS = ("quiz", "predict")


@dataclass(frozen=True, slots=True)
class Submit:
    """The run that counts for a question, and what it cost in hints until then."""

    question: str
    run: str
    seq: int
    """Of its verdict."""
    at: datetime
    verdict: Mapping[str, Any]
    hints: int


def last_submits(events: tuple[Event, ...]) -> dict[str, Submit]:
    """For each question the submit begun last of those that were judged. A submit that we failed
    to judge is passed over: the one before it counts, or none."""
    begun: dict[str, tuple[int, int]] = {}
    hints: dict[str, int] = {}
    found: dict[str, tuple[int, Submit]] = {}
    for event in events:
        body = event.body
        if event.kind == "hint":
            hints[body["question"]] = hints.get(body["question"], 0) + 1
        elif event.kind == "run" and body["mode"] == "submit":
            begun[body["run"]] = (event.seq, hints.get(body["question"], 0))
        elif event.kind == "verdict" and body["mode"] == "submit" and body["run"] in begun:
            question, run = body["question"], body["run"]
            started, given = begun[run]
            if question not in found or found[question][0] < started:
                submit = Submit(question, run, event.seq, event.at, body["verdict"], given)
                found[question] = (started, submit)
    return {question: submit for question, (_, submit) in found.items()}


def case_evidence(submit: Submit, facts: QuestionFacts, hint_cost: float) -> list[Evidence]:
    cases = [case for case in submit.verdict["cases"] if case["criterion"] in CRITERIA]
    spoken_to = [(case, case["criterion"]) for case in cases]
    if facts.kind == "debug":
        # Whatever a planted bug was about, to have found it is debugging.
        spoken_to += [(case, "debugging") for case in cases if case["criterion"] != "debugging"]
    per_criterion: dict[str, int] = {}
    for _, criterion in spoken_to:
        per_criterion[criterion] = per_criterion.get(criterion, 0) + 1
    most = MOST_OF_A_QUIZ if facts.kind in _QUICK_KINDS else MOST_OF_A_QUESTION
    return [
        _evidence(
            submit,
            facts,
            case,
            criterion,
            min(1.0, most / per_criterion[criterion]),
            hint_cost,
        )
        for case, criterion in spoken_to
    ]


def _evidence(
    submit: Submit,
    facts: QuestionFacts,
    case: Mapping[str, Any],
    criterion: str,
    weight: float,
    hint_cost: float,
) -> Evidence:
    passed = case["outcome"] == "passed"
    before = 1.0 if passed else 0.0
    costs = passed and submit.hints > 0 and hint_cost > 0
    left = max(0.0, 1.0 - hint_cost * submit.hints) if costs else 1.0
    hidden = "" if case["visible"] else "hidden "
    ended = "passed" if passed else f"did not pass: {case['message']}"
    if facts.kind in _QUICK_KINDS:
        # What is right, and why, is a paragraph: it stands beside the answer, not in every sum.
        ended = "was right" if passed else "was not right"
    if costs:
        hints = "1 hint" if submit.hints == 1 else f"{submit.hints} hints"
        ended = f"passed after {hints}, which leaves {left:.0%}"
    what = "Answer" if facts.kind in _QUICK_KINDS else f"{hidden}case".capitalize()
    again = "" if criterion == case["criterion"] else ":debugging"
    return Evidence(
        id=f"case:{submit.question}:{case['name']}{again}",
        criterion=criterion,
        question=submit.question,
        kind="case",
        value=before * left,
        weight=weight,
        text=f"{what} “{case['title']}” of {facts.title} {ended}".rstrip(".") + ".",
        link=Link(
            question=submit.question,
            run=submit.run,
            case=case["name"],
            line=case.get("line"),
            seq=submit.seq,
            at=submit.at,
        ),
        before_hints=before if costs else None,
        hints=submit.hints if costs else 0,
        hint_cost=hint_cost if costs else 0.0,
    )
