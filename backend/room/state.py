"""What a room is at one moment: the result of folding its log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

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
    failed_by_us: bool = False
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of the stage. All moments are the server's."""

    began: datetime
    seconds: int | None
    extended: int = 0
    paused_at: datetime | None = None
    paused_seconds: float = 0.0

    @property
    def deadline(self) -> datetime | None: ...

    def remaining(self, now: datetime) -> float | None: ...


@dataclass(frozen=True, slots=True)
class State:
    created: Created
    phase: Phase
    stage: int
    """Index into created.stages; -1 in the lobby, len(stages) when finished."""
    clock: Clock
    documents: Mapping[str, Document] = field(default_factory=dict)
    runs: Mapping[str, RoomRun] = field(default_factory=dict)
    """In the order in which they were started."""
    hints: Mapping[str, int] = field(default_factory=dict)
    """Question -> how many hints were given."""
    asked: tuple[tuple[str, int, bool], ...] = ()
    """(question, item, further) in the order in which they were put."""
    answered: frozenset[tuple[str, int]] = frozenset()
    choices: Mapping[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)
    scores: Mapping[tuple[str | None, int | None, str | None], Scored] = field(default_factory=dict)
    """The latest for each (question, item, criterion)."""
    said: frozenset[tuple[str, str | None, int | None]] = frozenset()
    """(why, question, item) of all that the script has said, so that nothing is said twice."""
    here: Mapping[str, str] = field(default_factory=dict)
    """Client -> role, of the pages that are open now."""
    script_speaks: bool = True
    shared: bool = False
    active_at: datetime | None = None
    """When the candidate last did something that shows work: an edit, a run, a word."""
    seq: int = 0
