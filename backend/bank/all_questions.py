"""Every question of a folder, in order, and how one finds one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend.bank.loading import load_question
from backend.bank.question import BankError, Question
from backend.bank.vocabulary import KINDS, LESSONS, LEVELS


@dataclass(frozen=True, slots=True)
class Bank:
    """Every question, in the order the library shows them: lesson, level, title."""

    folder: Path
    questions: tuple[Question, ...]

    def get(self, slug: str) -> Question | None:
        return next((question for question in self.questions if question.slug == slug), None)

    def search(
        self,
        q: str | None = None,
        kind: str | None = None,
        lesson: str | None = None,
        level: str | None = None,
    ) -> tuple[Question, ...]:
        """Questions that match every filter given and hold every word of `q` somewhere."""
        words = (q or "").casefold().split()
        return tuple(
            question
            for question in self.questions
            if kind in (None, question.kind)
            and lesson in (None, question.lesson)
            and level in (None, question.level)
            and all(word in _haystack(question) for word in words)
        )


def load_bank(folder: Path, on_broken: Callable[[BankError], None] | None = None) -> Bank:
    """Read every question folder under `folder`.

    The first broken folder raises BankError, unless `on_broken` is given: then it is told, and
    that question is left out. Names that start with a dot or an underscore are passed over.
    """
    if not folder.is_dir():
        raise BankError(f"There is no folder of questions at {folder}.")
    questions = []
    for path in sorted(folder.iterdir()):
        if not path.is_dir() or path.name.startswith((".", "_")):
            continue
        try:
            questions.append(load_question(path))
        except BankError as error:
            if on_broken is None:
                raise
            on_broken(error)
    lessons, levels = list(LESSONS), list(LEVELS)
    questions.sort(key=lambda q: (lessons.index(q.lesson), levels.index(q.level), q.title))
    return Bank(folder, tuple(questions))


def _haystack(question: Question) -> str:
    fields = (
        question.slug,
        question.title,
        question.summary,
        KINDS[question.kind],
        LESSONS[question.lesson],
        *question.tags,
        *question.asked_at,
    )
    return " ".join(fields).casefold()
