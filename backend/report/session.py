"""What a report is built from: plain data, read elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from backend.bank import Question
from backend.room.events import Event, Role
from backend.room.state import State
from backend.rubric import Assessment


@dataclass(frozen=True)
class Session:
    room: str
    events: Sequence[Event]
    """The whole log. What the reader may not see is left out by `build`."""
    state: State
    """The fold of `events`."""
    assessment: Assessment
    codes: Mapping[str, str]
    """Run -> the text that was judged."""
    bank: Sequence[Question]
    passed: frozenset[str]
    """Questions that this person has passed before or in this room."""
    reader: Role
    shows_solutions: bool

    @cached_property
    def began(self) -> datetime:
        """When the first stage began; before that, when the room was made."""
        for event in self.events:
            if event.kind == "phase" and event.body["stage"] >= 0:
                return event.at
        return self.events[0].at

    def seconds(self, at: datetime) -> float:
        return round((at - self.began).total_seconds(), 3)

    @cached_property
    def ended(self) -> datetime | None:
        for event in self.events:
            if event.kind == "phase" and event.body["phase"] == "finished":
                return event.at
        return None

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        return {question.slug: question for question in self.bank}

    def title_of(self, slug: str | None) -> str:
        """Of a question; its slug where the bank has lost it since."""
        if slug is None:
            return ""
        question = self.questions.get(slug)
        return slug if question is None else question.title
