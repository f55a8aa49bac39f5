"""What /interviews answers, for the OpenAPI document."""

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StageQuestion(View):
    slug: str
    title: str
    kind: str
    minutes: int


class StageView(View):
    phase: str
    title: str
    minutes: int
    questions: list[StageQuestion]


class RulesView(View):
    run: bool
    """False: a whiteboard, the text is judged once, when its stage ends."""
    hints: bool
    hint_cost: float
    """Share of what a question counts that each hint takes off."""
    pause: bool
    extend: bool


class InterviewView(View):
    """A template: an interview that is ready to use."""

    slug: str
    title: str
    summary: str
    minutes: int
    """Of all stages together."""
    tips: list[str]
    stages: list[StageView]
    rules: RulesView
    weights: dict[str, float]
    """Of every criterion."""


class InterviewList(View):
    items: list[InterviewView]
