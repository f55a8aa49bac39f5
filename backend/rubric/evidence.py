"""What speaks about a candidate, piece by piece: plain data, each piece with the way back to
where it was seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backend.room.events import Event, Level

EvidenceKind = Literal["case", "finding", "signal", "answer", "person"]


@dataclass(frozen=True, slots=True)
class Link:
    """Where a piece of evidence was seen; only what applies is set."""

    question: str | None = None
    run: str | None = None
    """With `case`: that case in the verdict of this run. With `line`: that line in its text."""
    case: str | None = None
    line: int | None = None
    item: int | None = None
    """Number of the follow-up, concept item or quiz item."""
    seq: int | None = None
    """Number of the event in the log, and its time."""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for (value 1) or against (value 0) a criterion.

    `id` names it uniquely within a session and is the same whenever the same log is read.
    """

    id: str
    criterion: str
    question: str | None
    kind: EvidenceKind
    value: float
    """In [0, 1], after the cost of hints."""
    weight: float
    text: str
    """One sentence that says what was seen."""
    link: Link
    before_hints: float | None = None
    """The value before hints took their share off it; None where hints cost nothing here."""
    hints: int = 0
    hint_cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Overrule:
    """A person's level for a whole criterion, which stands in place of the machine's."""

    criterion: str
    level: Level
    reason: str
    author: str
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """A follow-up or concept item, as far as scoring needs to know it."""

    text: str
    key_points: tuple[str, ...]
    criterion: str = "engineering-judgement"


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """A question of the bank, as far as scoring needs to know it."""

    title: str
    kind: str
    """As in backend.bank KINDS; a debug question's cases speak about debugging as well."""
    starter: str = ""
    """What stood there already is nobody's merit, and outside of debug questions nobody's fault."""
    answers: tuple[AnswerFacts, ...] = ()
    """Its follow-ups or concept items, by the numbers that events call `item`."""


@dataclass(frozen=True, slots=True)
class Session:
    """All that a score is made of."""

    events: tuple[Event, ...]
    """The whole log, in order."""
    questions: Mapping[str, QuestionFacts]
    codes: Mapping[str, str]
    """Run -> the text that was judged, for runs of code. A run that is missing has no findings."""
