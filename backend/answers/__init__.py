"""Judges what needs no program: the choices of a quiz, the predictions about a snippet.

What a candidate sends is data here and stays so: it is compared, never evaluated.
"""

from backend.answers.expected import Expectations, Expected, expectations
from backend.answers.judging import judge_answers
from backend.answers.predict import judge_predict
from backend.answers.quiz import judge_quiz
from backend.answers.reading import BadAnswers, read_choices, read_predictions

__all__ = [
    "BadAnswers",
    "Expectations",
    "Expected",
    "expectations",
    "judge_answers",
    "judge_predict",
    "judge_quiz",
    "read_choices",
    "read_predictions",
]
