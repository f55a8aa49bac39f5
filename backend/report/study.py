"""What to do next: first what is still open, then what works on the weakest criteria."""

from collections.abc import Iterator
from itertools import zip_longest

from backend.bank import LESSONS, Question
from backend.report.document import Suggestion
from backend.report.session import Session
from backend.report.words import LEVELS, count
from backend.rubric import CriterionScore

MOST = 5
# A level below this is worth work, however it is called.
GOOD_ENOUGH = 0.85
# Where a question does not say which criteria it works on, its lesson does.
_LESSONS_OF = {
    "module-usage": ("custom-layers", "patterns"),
    "shape-awareness": ("tensor-operations", "custom-layers"),
    "gradient-understanding": ("loss-functions", "fundamentals", "patterns"),
    "training-loop": ("training-loops",),
    "debugging": ("debugging",),
    "engineering-judgement": ("model-acceleration", "patterns"),
    "communication": (),
}
_LEVEL_ORDER = ("easy", "medium", "hard")


def study(session: Session) -> list[Suggestion]:
    found: dict[str, Suggestion] = {}
    for question, why in [*_still_open(session), *_weak(session), *_same_lesson(session)]:
        found.setdefault(question.slug, _suggestion(question, why))
    return list(found.values())[:MOST]


def _still_open(session: Session) -> Iterator[tuple[Question, str]]:
    """Questions of this interview that were judged and not passed."""
    for slug in session.state.reached:
        judged, question = session.assessment.judged.get(slug), session.questions.get(slug)
        run = None if judged is None else session.state.runs.get(judged.run)
        if question is None or run is None or run.outcome in (None, "passed"):
            continue
        left = run.total - run.passed
        if run.total == 0:
            yield question, "Its last Submit could not run at all."
        elif question.items:
            yield question, f"{left} of {count(run.total, 'answer')} went wrong."
        else:
            yield question, f"{left} of {count(run.total, 'case')} did not pass."


def _weak(session: Session) -> Iterator[tuple[Question, str]]:
    """Questions not yet passed that work on the criteria that went worst, one of each in turn,
    the worst criterion and the easiest question first."""
    chosen = [_working_on(session, criterion) for criterion in _weak_criteria(session)]
    for turn in zip_longest(*chosen):
        yield from (one for one in turn if one is not None)


def _working_on(session: Session, criterion: CriterionScore) -> list[tuple[Question, str]]:
    fitting = [
        question
        for question in session.bank
        if question.slug not in session.passed and _works_on(question, criterion.criterion)
    ]
    why = f"Works on {criterion.title.lower()}, which was “{LEVELS[criterion.level]}” here."
    return [
        (question, why)
        for question in sorted(fitting, key=lambda one: _LEVEL_ORDER.index(one.level))
    ]


def _weak_criteria(session: Session) -> list[CriterionScore]:
    weak = [
        one
        for one in session.assessment.score.criteria
        if one.counts is not None and one.counts < GOOD_ENOUGH
    ]
    return sorted(weak, key=lambda one: one.counts or 0.0)


def _works_on(question: Question, criterion: str) -> bool:
    named = {
        *question.criteria,
        *(item.criterion for item in question.quiz),
        *(ask.criterion for ask in question.predict.asks),
        *(item.criterion for item in question.concept),
    }
    if named:
        return criterion in named
    return question.lesson in _LESSONS_OF[criterion]


def _same_lesson(session: Session) -> Iterator[tuple[Question, str]]:
    """Where nothing was weak: more of the same lessons."""
    seen = {slug for stage in session.state.created.stages for slug in stage.questions}
    lessons = [session.questions[slug].lesson for slug in seen if slug in session.questions]
    for question in session.bank:
        if question.slug in session.passed or question.slug in seen:
            continue
        if question.lesson in lessons:
            yield question, f"More of {LESSONS[question.lesson].lower()}."


def _suggestion(question: Question, why: str) -> Suggestion:
    return Suggestion(
        slug=question.slug,
        title=question.title,
        kind=question.kind,
        lesson=question.lesson,
        level=question.level,
        minutes=question.minutes,
        why=why,
    )
