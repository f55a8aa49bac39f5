"""The text of a room that is judged: a program, or the answers of a quiz or of predictions."""

import hashlib
import json

from backend.bank import CODE_KINDS, Question
from backend.room.events import answer_document, code_document
from backend.room.state import State

ANSWERS_VERSION = -1


def submission(state: State, question: Question) -> str:
    """What a run of `question` judges at this moment.

    Answers are JSON: {"answers": [...]} with one entry an item, in order: for a quiz the list of
    chosen indexes, for predictions the text as it was typed.
    """
    if question.kind in CODE_KINDS:
        document = state.documents.get(code_document(question.slug))
        return question.starter if document is None else document.text
    answers: list[list[int] | str] = []
    if question.quiz:
        for item in range(len(question.quiz)):
            answers.append(list(state.choices.get((question.slug, item), ())))
    else:
        for item in range(question.items):
            written = state.documents.get(answer_document(question.slug, item))
            answers.append("" if written is None else written.text.strip())
    return json.dumps({"answers": answers})


def version(state: State, question: Question) -> int:
    """Of the document that is judged; -1 for answers, which are no document."""
    if question.kind not in CODE_KINDS:
        return ANSWERS_VERSION
    document = state.documents.get(code_document(question.slug))
    return 0 if document is None else document.version


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
