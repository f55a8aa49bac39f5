"""The rubric: evidence in, scores out. Pure; knows only plain data and the vocabulary of the log.

    assessment = assess(Session(events, questions, codes))

`assess` is `gather` (evidence, overrules, signals) and then `score` (the arithmetic).
"""

from backend.rubric.criteria import CRITERIA, Criterion, weights_with
from backend.rubric.evidence import (
    AnswerFacts,
    Evidence,
    Link,
    Overrule,
    QuestionFacts,
    Session,
)
from backend.rubric.findings import Finding
from backend.rubric.gathering import Assessment, Judged
from backend.rubric.score import CriterionScore, Score, Term
from backend.rubric.signals import Away, Paste, QuestionSignals, Signals, Silence, Streak

__all__ = [
    "CRITERIA",
    "AnswerFacts",
    "Assessment",
    "Away",
    "Criterion",
    "CriterionScore",
    "Evidence",
    "Finding",
    "Judged",
    "Link",
    "Overrule",
    "Paste",
    "QuestionFacts",
    "QuestionSignals",
    "Score",
    "Session",
    "Signals",
    "Silence",
    "Streak",
    "Term",
    "weights_with",
]
