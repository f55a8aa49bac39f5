"""What a person may see of the templates before they begin."""

from backend.bank import Bank
from backend.errors import Problem
from backend.interviews.schemas import (
    InterviewList,
    InterviewView,
    RulesView,
    StageQuestion,
    StageView,
)
from backend.interviews.templates import Template, Templates, TemplateStage
from backend.rubric import weights_with


def everything(templates: Templates, bank: Bank) -> InterviewList:
    return InterviewList(items=[view(template, bank) for template in templates.all])


def find(templates: Templates, slug: str) -> Template:
    template = templates.get(slug)
    if template is None:
        raise Problem(
            404,
            "no-such-template",
            "No such template",
            f'There is no interview template "{slug}".',
        )
    return template


def view(template: Template, bank: Bank) -> InterviewView:
    return InterviewView(
        slug=template.slug,
        title=template.title,
        summary=template.summary,
        minutes=template.minutes,
        tips=list(template.tips),
        stages=[_stage(stage, bank) for stage in template.stages],
        rules=RulesView(**template.rules.model_dump()),
        weights=weights_with(template.weights),
    )


def _stage(stage: TemplateStage, bank: Bank) -> StageView:
    questions = [question for slug in stage.questions if (question := bank.get(slug)) is not None]
    return StageView(
        phase=stage.phase,
        title=stage.title,
        minutes=stage.minutes,
        questions=[
            StageQuestion(
                slug=question.slug,
                title=question.title,
                kind=question.kind,
                minutes=question.minutes,
            )
            for question in questions
        ],
    )
