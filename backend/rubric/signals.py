"""What the log tells beside verdicts: how the candidate worked.

Paste and focus annotate the timeline. They are disclosed to the candidate and enter no score.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Streak:
    """Runs in a row that died in the same way. `runs` are their ids, in order."""

    question: str
    runs: tuple[str, ...]
    message: str
    """Of the last of them."""
    seq: int
    at: datetime
    """Of the verdict that ended it."""


@dataclass(frozen=True, slots=True)
class Paste:
    """Text from outside of the room."""

    document: str
    characters: int
    excerpt: str
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Away:
    """The page was out of focus. `seconds` until it came back, or until the log ends."""

    seconds: float
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Silence:
    """Longer than the script waits before it nudges, without an edit, a run or a word."""

    seconds: float
    seq: int
    """Of the event before it."""
    at: datetime


@dataclass(frozen=True, slots=True)
class QuestionSignals:
    """All seconds are of the room's clock, without pauses, since the question's stage began."""

    question: str
    runs: int
    submits: int
    hints: int
    first_run: float | None
    passed: float | None
    """Until the first submit that passed every case."""
    shape_streaks: tuple[Streak, ...]
    stuck: tuple[Streak, ...]
    """The same case (or the same problem with the file) failing again and again."""
    failures: int
    """How many different cases or problems were the first thing to fail in some run."""
    mended: int
    """How many of these were gone within the next runs that asked about them."""


@dataclass(frozen=True, slots=True)
class Signals:
    questions: tuple[QuestionSignals, ...]
    """In the order in which they came up."""
    typed: int
    """Characters that came into code and answers by the candidate's edits, pasted ones included."""
    pasted: int
    pasted_share: float
    """pasted / typed; 0 where nothing was typed."""
    pastes: tuple[Paste, ...]
    away: tuple[Away, ...]
    away_seconds: float
    silences: tuple[Silence, ...]
