"""What /questions answers, for the OpenAPI document."""

from pydantic import BaseModel, ConfigDict

from backend.bank import Forbidden, Limits


class View(BaseModel):
    model_config = ConfigDict(extra="forbid")


class QuestionSummary(View):
    slug: str
    title: str
    kind: str
    lesson: str
    level: str
    minutes: int
    tags: list[str]
    asked_at: list[str]
    summary: str


class Facet(View):
    """One value of a filter, and how many questions of the whole bank have it."""

    id: str
    title: str
    count: int


class QuestionList(View):
    items: list[QuestionSummary]
    kinds: list[Facet]
    lessons: list[Facet]
    levels: list[Facet]


class TolerancesView(View):
    rtol: float
    atol: float


class QuestionView(QuestionSummary):
    prompt_html: str
    starter: str
    items: int
    """How many answers a quiz, predictions or a concept ask for; 0 where code is written."""
    hints: int
    devices: list[str]
    limits: Limits
    forbidden: list[Forbidden]
    tolerances: TolerancesView
    entry: list[str]


class HintView(View):
    number: int
    of: int
    html: str


class FollowupView(View):
    question: str
    key_points: list[str]


class SolutionView(View):
    editorial_html: str
    reference: str
    followups: list[FollowupView]
