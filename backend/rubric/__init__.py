"""The rubric: evidence in, scores out. Pure; knows only plain data and the vocabulary of the log.

    assessment = assess(Session(events, questions, codes))

`assess` gathers evidence from verdicts (cases), code (findings), the log (signals) and people, and
`score` does the arithmetic; both keep all of it, so that a page can show it by only reading.
"""

from backend.rubric.attempts import Streak
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
from backend.rubric.gathering import Assessment, Judged, assess
from backend.rubric.pastes import Paste
from backend.rubric.score import LEVEL_TITLES, THRESHOLDS, CriterionScore, Score, Term, score
from backend.rubric.signals import Away, QuestionSignals, Signals, Silence

__all__ = [
    "CRITERIA",
    "LEVEL_TITLES",
    "THRESHOLDS",
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
    "assess",
    "score",
    "weights_with",
]
