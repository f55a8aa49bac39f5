"""What /practice answers, for the OpenAPI document."""

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LessonView(View):
    """`tried` counts the passed ones too."""

    id: str
    title: str
    passed: int
    tried: int
    total: int


class TriedView(View):
    """One question that was tried: `best` of `total` cases passed at most."""

    slug: str
    title: str
    passed: bool
    attempts: int
    outcome: str
    """Of the last sitting: passed, failed, or tried where nothing was submitted."""
    best: int
    total: int
    hints: int
    seconds: float | None
    due_at: str | None


class DueView(View):
    slug: str
    title: str
    minutes: int
    due_at: str
    why: str


class NextView(View):
    slug: str
    title: str
    kind: str
    level: str
    minutes: int
    why: str


class SittingView(View):
    """`best` of `total` cases (of a concept: key points); `room` where it was in one."""

    slug: str
    title: str
    at: str
    outcome: str
    submits: int
    best: int
    total: int
    hints: int
    seconds: float | None
    room: str | None


class PracticeView(View):
    lessons: list[LessonView]
    due: list[DueView]
    upcoming: list[DueView]
    next: list[NextView]
    recent: list[SittingView]
    questions: list[TriedView]


class ForgottenView(View):
    """`remains` says in a sentence what is left."""

    runs: int
    rooms: int
    remains: str
