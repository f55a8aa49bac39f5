"""What the bank says of a question, as frozen data."""

from dataclasses import dataclass
from pathlib import Path

from backend.bank.items import NOTHING_TO_PREDICT, ConceptItem, KeyPoint, Predict, QuizItem


class BankError(Exception):
    """A question folder that cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A name the candidate's file must define, and the parameters a caller will use."""

    name: str
    parameters: str


@dataclass(frozen=True, slots=True)
class PathTolerance:
    """Tolerances for observation paths that match an fnmatch pattern."""

    pattern: str
    rtol: float
    atol: float


@dataclass(frozen=True, slots=True)
class Tolerances:
    rtol: float
    atol: float
    paths: tuple[PathTolerance, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one case may use; the slot's kernel enforces it where it can."""

    seconds: float
    memory_mb: int
    processes: int
    output_kb: int
    disk_mb: int


@dataclass(frozen=True, slots=True)
class Forbidden:
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Budget:
    """How many times the reference's time and peak memory a candidate may take."""

    time_ratio: float
    memory_ratio: float
    memory_slack_mb: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Options:
    inputs_may_change: bool
    dtypes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bug:
    """A planted bug: `broken` stands once in starter.py, and `fixed` in its place repairs it."""

    name: str
    case: str
    broken: str
    fixed: str


@dataclass(frozen=True, slots=True)
class Hint:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Followup:
    question: str
    key_points: tuple[KeyPoint, ...]
    green_flags: tuple[str, ...]
    red_flags: tuple[str, ...]
    further: str


@dataclass(frozen=True, slots=True)
class Followups:
    opening: str
    closing: str
    items: tuple[Followup, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One folder. What its kind does not have is empty: a quiz has no starter, code no quiz."""

    slug: str
    folder: Path
    title: str
    summary: str
    kind: str
    lesson: str
    level: str
    minutes: int
    tags: tuple[str, ...]
    asked_at: tuple[str, ...]
    devices: tuple[str, ...]
    sources: tuple[str, ...]
    criteria: tuple[str, ...]
    limits: Limits
    prompt: str
    editorial: str
    digest: str
    """Of the whole folder."""
    entry: tuple[Entry, ...] = ()
    tolerances: Tolerances = Tolerances(0.0, 0.0, ())
    forbidden: tuple[Forbidden, ...] = ()
    budget: Budget | None = None
    options: Options = Options(inputs_may_change=False, dtypes=())
    bugs: tuple[Bug, ...] = ()
    hints: tuple[Hint, ...] = ()
    followups: Followups = Followups("", "", ())
    starter: str = ""
    reference: str = ""
    quiz: tuple[QuizItem, ...] = ()
    predict: Predict = NOTHING_TO_PREDICT
    concept: tuple[ConceptItem, ...] = ()

    @property
    def items(self) -> int:
        """How many answers it asks for; 0 where the answer is a program."""
        return len(self.quiz) + len(self.predict.asks) + len(self.concept)
