"""The report as data: everything that its page shows, and nothing that is not in it.

These dataclasses are the format of `report.json`; docs/report.schema.json is made from them by
tools/report_schema.py. All times are seconds since the interview began, on the server's clock.
"""

from dataclasses import dataclass
from typing import Literal

FORMAT: Literal["torchroom-report/1"] = "torchroom-report/1"

Level = Literal["strong-no", "no", "yes", "strong-yes"]
RunOutcome = Literal[
    "passed",
    "failed",
    "error",
    "timed_out",
    "out_of_memory",
    "output_limit",
    "crashed",
    "refused",
]
MarkKind = Literal[
    "extension",
    "run",
    "submit",
    "our-failure",
    "hint",
    "question",
    "paste",
    "focus-lost",
]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for or against a criterion, and where it can be looked at."""

    kind: Literal["case", "finding", "signal", "answer", "person"]
    sentence: str
    value: float
    """1 speaks for, 0 against; after the cost of hints."""
    weight: float
    product: float
    """value * weight."""
    before_hints: float | None
    """The value before hints took their share off it; None: they took nothing."""
    hints: int
    hint_cost: float
    question: str | None
    case: str | None
    """Name of a case among the question's cases in this report."""
    line: int | None
    """Line of the question's code in this report."""
    item: int | None
    """Number of the answer, from 0."""
    at: float | None
    """Moment in the log."""


@dataclass(frozen=True, slots=True)
class Overruling:
    """A person set another level than the machine; the machine's own stays visible."""

    by: str
    level: Level
    reason: str
    at: float


@dataclass(frozen=True, slots=True)
class Criterion:
    id: str
    title: str
    description: str
    green_flags: list[str]
    red_flags: list[str]
    weight: float
    """Of this criterion in the whole."""
    evidence: list[Evidence]
    total: float
    """Sum of the products."""
    divisor: float
    """Sum of the weights."""
    value: float | None
    """total / divisor; None where too little speaks: not assessed."""
    machine_level: Level | None
    """The level that the value reaches."""
    threshold: float | None
    """Where that level begins."""
    overruled: Overruling | None
    level: Level | None
    """The level that counts; None: not assessed."""
    counts: float | None
    """What enters the mean of the session."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A value of at least this much is this level; what a person's level counts in the mean."""

    level: Level
    at_least: float
    by_person: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """All criteria together. `level` is None where nothing was assessed."""

    sentence: str
    level: Level | None
    value: float | None
    """total / divisor."""
    total: float
    """Sum of weight * counts over the criteria that were assessed."""
    divisor: float
    """Sum of their weights."""
    threshold: float | None
    assessed: float
    """Share of the whole weight that was assessed."""
    least_weight: float
    """A criterion whose evidence weighs less in all is not assessed."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the session: a stage, or a pause."""

    kind: Literal["stage", "pause"]
    title: str
    phase: str
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at one moment."""

    at: float
    kind: MarkKind
    sentence: str
    question: str | None = None
    good: bool | None = None
    """Of runs: whether all cases passed. None: it is neither good nor bad."""


@dataclass(frozen=True, slots=True)
class Timeline:
    seconds: float
    spans: list[Span]
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class Run:
    """A text that was sent to be judged. Where `failure` is set we could not judge it."""

    id: str
    mode: Literal["run", "submit"]
    at: float
    seconds: float | None
    """From asking to the verdict."""
    why: Literal["asked", "time", "moved-on"]
    """Asked for by a person, or submitted as it stood when the stage ended."""
    sha256: str
    outcome: RunOutcome | None
    passed: int
    total: int
    message: str
    failure: str | None
    """What went wrong on our side; it never costs the candidate anything."""


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    title: str
    criterion: str
    visible: bool
    outcome: RunOutcome
    message: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen in the text itself, beside the line where it stands."""

    id: str
    line: int
    end_line: int
    title: str
    advice: str
    criterion: str
    good: bool


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of the comparison: in both, only in the candidate's, only in the reference."""

    side: Literal["both", "own", "reference", "gap"]
    text: str
    own: int | None
    """Its number in the candidate's text."""
    reference: int | None
    changed: list[tuple[int, int]]
    """Where it differs from the line on the other side that it resembles: [from, to) in characters.
    Empty where it resembles none."""


@dataclass(frozen=True, slots=True)
class Point:
    """A key point of a strong answer."""

    text: str
    touched: list[str]
    """Pieces of the answer whose words touch it: a suggestion of the machine, never a score."""
    can_tell: bool
    """False where the machine knows no words to look for, so that nothing found means nothing."""
    scored: bool | None
    """What a person says; None: nobody has scored this answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to a follow-up or a concept question."""

    item: int
    kind: Literal["follow-up", "concept"]
    question: str
    further: str | None
    """The one further question that was put, where points were missing."""
    text: str
    at: float
    answered: bool
    points: list[Point]
    """Empty where the reader may not see them yet."""
    scored_by: str | None
    reason: str
    strong: str
    """A strong answer in our words; empty where there is none or it may not be seen yet."""


@dataclass(frozen=True, slots=True)
class Choice:
    text: str
    chosen: bool
    right: bool | None
    """None where the reader may not see it yet."""
    why: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a quiz, or one thing to predict."""

    item: int
    question: str
    ask: str
    """What is to be predicted; empty in a quiz."""
    choices: list[Choice]
    given: str
    """The prediction as it was written; empty in a quiz."""
    outcome: RunOutcome | None
    """None: it was not judged."""
    message: str
    """The judge's sentence: the right answer, and why."""


@dataclass(frozen=True, slots=True)
class Hint:
    level: int
    at: float
    title: str


@dataclass(frozen=True, slots=True)
class Question:
    slug: str
    title: str
    summary: str
    kind: str
    lesson: str
    level: str
    minutes: int
    known: bool
    """False: the bank has lost this question since."""
    code: str | None
    """What was judged last by Submit, else the text as it stood; None: no code is asked."""
    code_is: Literal["submitted", "as it stood", "untouched"]
    runs: list[Run]
    judged: str | None
    """The run whose cases these are."""
    problem: str
    """What was wrong with the file as a whole; empty: nothing."""
    cases: list[Case]
    findings: list[Finding]
    difference: list[DiffLine] | None
    """Against the reference; None where the reader may not see it yet, or there is none."""
    answers: list[Answer]
    snippet: str
    """The program whose behaviour was to be predicted."""
    items: list[Item]
    hints: list[Hint]
    hints_of: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question to do next, and why this one."""

    slug: str
    title: str
    kind: str
    lesson: str
    level: str
    minutes: int
    why: str


@dataclass(frozen=True, slots=True)
class OurFailure:
    """A failure of ours. It is shown as ours and never costs anything."""

    at: float
    question: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    format: Literal["torchroom-report/1"]
    room: str
    title: str
    template: str | None
    practice: bool
    candidate: str
    interviewer: str
    created_at: str
    began_at: str | None
    ended_at: str | None
    """RFC 3339, UTC; None: not yet."""
    phase: str
    seconds: float
    """From the beginning to the end, or to the last event."""
    paused_seconds: float
    finished: bool
    shared: bool
    reader: Literal["candidate", "interviewer"]
    outcome: Outcome
    thresholds: list[Threshold]
    criteria: list[Criterion]
    timeline: Timeline
    questions: list[Question]
    study: list[Suggestion]
    integrity: str
    """What the marks of kind paste and focus-lost are, and that they never change a score."""
    failures: list[OurFailure]
