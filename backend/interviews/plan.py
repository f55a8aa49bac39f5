"""From a template, or from one question alone, to the plan that a room's log begins with."""

from collections.abc import Sequence

from backend.bank import CODE_KINDS, LESSONS, Question
from backend.interviews.templates import Template
from backend.room.events import Created, Rules, Stage
from backend.rubric import weights_with

FOLLOW_UP_MINUTES = 3
"""What one follow-up gets where a question is practised alone, with a clock."""


def created_from_template(
    template: Template,
    *,
    practice: bool = False,
    candidate: str = "",
    interviewer: str = "",
    extra_time: int = 0,
    script: bool = True,
) -> Created:
    stages = [
        Stage(
            phase=stage.phase,
            title=stage.title,
            seconds=_lengthened(60 * stage.minutes, extra_time),
            questions=list(stage.questions),
        )
        for stage in template.stages
    ]
    return Created(
        title=template.title,
        template=template.slug,
        stages=stages,
        rules=template.rules,
        weights=weights_with(template.weights),
        practice=practice,
        script=script,
        candidate=candidate,
        interviewer=interviewer,
        extra_time=extra_time,
        tips=list(template.tips),
    )


def created_from_question(
    question: Question,
    *,
    clock: bool = True,
    practice: bool = True,
    candidate: str = "",
    interviewer: str = "",
    extra_time: int = 0,
    script: bool = True,
) -> Created:
    """One question alone: the work, and then its follow-ups where it has some."""
    plan = [("quick-checks", "Quick checks", question.minutes)]
    if question.kind in CODE_KINDS:
        plan = [("coding", "The task", question.minutes)]
        count = len(question.followups.items)
        if count:
            plan.append(("follow-ups", "Follow-ups", FOLLOW_UP_MINUTES * count))
    # Titles are seen in the lobby: who is invited learns the question when it begins.
    title = question.title if practice else f"Interview: {LESSONS[question.lesson].lower()}"
    return Created(
        title=title,
        template=None,
        stages=_stages(plan, question.slug, extra_time if clock else None),
        rules=Rules(),
        weights=weights_with({}),
        practice=practice,
        script=script,
        candidate=candidate,
        interviewer=interviewer,
        extra_time=extra_time,
    )


def _stages(plan: Sequence[tuple[str, str, int]], slug: str, extra_time: int | None) -> list[Stage]:
    return [
        Stage.model_validate(
            {
                "phase": phase,
                "title": title,
                "seconds": None if extra_time is None else _lengthened(60 * minutes, extra_time),
                "questions": [slug],
            }
        )
        for phase, title, minutes in plan
    ]


def _lengthened(seconds: int, percent: int) -> int:
    """Rounded up: who was promised more gets no second less."""
    return -(-seconds * (100 + percent) // 100)
