"""The question bank: folders under questions/ read into frozen dataclasses.

Reads text only. A question's Python files are never imported here: they need torch, and the
service neither has nor wants it. Whether a question is *sound* is for `torchroom question lint`;
this package says whether its folder is *complete and well-formed*.
"""

from backend.bank.all_questions import Bank, load_bank
from backend.bank.items import Ask, Choice, ConceptItem, KeyPoint, Predict, QuizItem
from backend.bank.loading import load_question
from backend.bank.question import (
    BankError,
    Budget,
    Bug,
    Entry,
    Followup,
    Followups,
    Forbidden,
    Hint,
    Limits,
    Options,
    PathTolerance,
    Question,
    Tolerances,
)
from backend.bank.vocabulary import (
    ANSWER_KINDS,
    CODE_KINDS,
    CRITERIA,
    DEVICES,
    DTYPES,
    FORMS,
    HINTS,
    KINDS,
    LESSONS,
    LEVELS,
)

__all__ = [
    "ANSWER_KINDS",
    "CODE_KINDS",
    "CRITERIA",
    "DEVICES",
    "DTYPES",
    "FORMS",
    "HINTS",
    "KINDS",
    "LESSONS",
    "LEVELS",
    "Ask",
    "Bank",
    "BankError",
    "Budget",
    "Bug",
    "Choice",
    "ConceptItem",
    "Entry",
    "Followup",
    "Followups",
    "Forbidden",
    "Hint",
    "KeyPoint",
    "Limits",
    "Options",
    "PathTolerance",
    "Predict",
    "Question",
    "QuizItem",
    "Tolerances",
    "load_bank",
    "load_question",
]
