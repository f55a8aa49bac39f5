"""What a room is at one moment: the result of folding its log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from backend.room.events import Created, Mode, Phase, Scored


@dataclass(frozen=True, slots=True)
class Document:
    """`version` counts the change sets so far; `text` is the result of all of them."""

    text: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class RoomRun:
    """A run as the log tells it. `outcome` is None while it is under way or where we failed."""

    run: str
    question: str
    mode: Mode
    version: int
    sha256: str
    why: str
    at: datetime
    outcome: str | None = None
    passed: int = 0
    total: int = 0
    failed_case: str | None = None
    """Name of the first case that did not pass, or the title of the problem with the file."""
    failed_title: str = ""
    """The same as people call it."""
    failed_what: str = ""
    """In what it differed (shape, dtype, value, gradient, …), or how it ended (error, …)."""
    failed_by_us: bool = False
    ended_at: datetime | None = None

    @property
    def under_way(self) -> bool:
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of the stage. All moments are the server's.

    Only a pause stops it. It does not ask who is there: a closed laptop, a second tab or a server
    that was away change nothing about when a stage ends.
    """

    began: datetime
    seconds: int | None
    extended: int = 0
    paused_at: datetime | None = None
    paused_seconds: float = 0.0

    @property
    def paused(self) -> bool:
        return self.paused_at is not None

    @property
    def deadline(self) -> datetime | None:
        """When the time is up; None without a limit, and while the clock stands still."""
        if self.seconds is None or self.paused_at is not None:
            return None
        return self.began + timedelta(seconds=self.seconds + self.extended + self.paused_seconds)

    def elapsed(self, now: datetime) -> float:
        """Seconds of the stage that count, pauses left out."""
        until = self.paused_at or now
        return max(0.0, (until - self.began).total_seconds() - self.paused_seconds)

    def remaining(self, now: datetime) -> float | None:
        """Seconds left, at least 0; None without a limit."""
        if self.seconds is None:
            return None
        return max(0.0, self.seconds + self.extended - self.elapsed(now))


class Line(NamedTuple):
    """What the script has said, by which it knows that it need not say it again."""

    why: str
    question: str | None = None
    item: int | None = None
    case: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    created: Created
    created_at: datetime
    phase: Phase
    stage: int
    """Index into created.stages; -1 in the lobby, len(stages) when finished."""
    clock: Clock
    documents: Mapping[str, Document] = field(default_factory=dict)
    runs: Mapping[str, RoomRun] = field(default_factory=dict)
    """In the order in which they were started."""
    passed: frozenset[str] = frozenset()
    """Questions of which a submission has passed; asked for after every event, so kept."""
    hints: Mapping[str, int] = field(default_factory=dict)
    """Question -> how many hints were given."""
    hint_wanted: bool = False
    """The candidate spoke of a hint, and nobody has answered yet."""
    question_open: bool = False
    """The candidate asked something else, and nobody has answered yet."""
    asked: tuple[tuple[str, int, bool], ...] = ()
    """(question, item, further) in the order in which they were put."""
    answered: frozenset[tuple[str, int]] = frozenset()
    """Whose answer is complete; a further question opens it again."""
    spoken: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """What the candidate said in the talk after an item was put, beside what they wrote."""
    choices: Mapping[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)
    scores: Mapping[tuple[str | None, int | None, str | None], Scored] = field(default_factory=dict)
    """The latest for each (question, item, criterion)."""
    said: frozenset[Line] = frozenset()
    """All that the script has said."""
    silent_from: datetime | None = None
    """Silence counts from here at the earliest: the last nudge, the end of a pause, or when the
    script was handed the talk again."""
    here: Mapping[str, str] = field(default_factory=dict)
    """Client -> role, of the pages that are open now."""
    seated_at: Mapping[str, str] = field(default_factory=dict)
    """Client -> the replica at which it sits, of the pages that are open now and said so."""
    script_speaks: bool = True
    shared: bool = False
    written: int = 0
    """About how much all edits hold, in characters: what is taken out again counts as well."""
    active_at: datetime | None = None
    """When the candidate last did something that shows work: an edit, a run, a word."""
    last_at: datetime | None = None
    """When the last event happened."""
    seq: int = 0

    @property
    def current(self) -> tuple[str, ...]:
        """The questions of the present stage."""
        if 0 <= self.stage < len(self.created.stages):
            return tuple(self.created.stages[self.stage].questions)
        return ()

    @property
    def reached(self) -> tuple[str, ...]:
        """The questions of the stages so far, each once, in order."""
        stages = self.created.stages[: self.stage + 1]
        return tuple(dict.fromkeys(slug for stage in stages for slug in stage.questions))

    def submits(self, question: str) -> tuple[RoomRun, ...]:
        """What was submitted of a question and not lost by us."""
        return tuple(
            run
            for run in self.runs.values()
            if run.question == question and run.mode == "submit" and not run.failed_by_us
        )
