"""What can happen in a room: every kind of event, its body, and who may cause and see it.

A room is its log. The live view, the clock, the replay, the rubric and the report are folds over
the events named here; nothing about a room is kept anywhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Author = Literal["candidate", "interviewer", "script", "system"]
"""A person with the candidate's link, one with the interviewer's, the scripted interviewer, or
the room itself (its clock, the executor)."""
Role = Literal["candidate", "interviewer"]
Phase = Literal[
    "lobby", "introduction", "coding", "follow-ups", "quick-checks", "wrap-up", "finished"
]
Mode = Literal["run", "submit"]
Level = Literal["strong-no", "no", "yes", "strong-yes"]

NOTES = "notes"
"""The interviewer's own document; the candidate never sees it."""
SCRATCH = "scratch"
"""A document for both that is never judged."""

MOST = 2**53
"""The largest whole number that every reader of JSON knows from its neighbours."""

# One change set as CodeMirror writes it: a number keeps so many UTF-16 units, [n] deletes n,
# [n, "line", "line"] replaces n units by these lines.
Changes = list[int | list[int | str]]
# As a client sends it. The first part that does not fit is told, and not each of thousands.
_SentPart = Annotated[list[int | str], Field(fail_fast=True)]
_Sent = Annotated[list[int | _SentPart], Field(fail_fast=True)]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log. `seq` counts from 1 without a gap, `at` never goes back."""

    seq: int
    at: datetime
    author: Author
    kind: str
    body: Mapping[str, Any]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that has not been appended yet: it gets its number and its time from the log."""

    author: Author
    kind: str
    body: Mapping[str, Any]
    key: str | None = None


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Stage(Body):
    phase: Phase
    title: str
    seconds: int | None = Field(ge=1)
    """None: without a clock."""
    questions: list[str]
    """Slugs; empty for stages of talk."""


class Rules(Body):
    run: bool = True
    """False: whiteboard, only the Submit at the end is judged."""
    hints: bool = True
    hint_cost: float = Field(default=0.05, ge=0, le=1)
    """What each hint takes off the share of the question's evidence, see rubric."""
    pause: bool = True
    extend: bool = True


class Created(Body):
    """The first event of every room: the plan as it stood then, so that a later change of a
    template changes no past interview."""

    title: str
    template: str | None
    stages: list[Stage]
    rules: Rules
    weights: dict[str, float]
    practice: bool
    """The candidate is alone: they may pause, extend, score themselves and see the report."""
    script: bool
    """Whether the scripted interviewer speaks from the start."""
    candidate: str
    interviewer: str
    extra_time: int = Field(ge=0, le=200)
    """Percent by which every stage was lengthened (already in `stages`), for those who need it."""
    tips: list[str] = []
    """Advice on speaking that opens the talk."""


class Joined(Body):
    role: Role
    client: str
    replica: str | None = Field(default=None, max_length=40)
    """The process of the service to which the page is connected: when that is gone, so is the
    page. None: one of before there were several, and gone since."""


class Left(Joined):
    pass


class PhaseBegan(Body):
    """A stage began (`stage` is its index in `Created.stages`), or the lobby (-1), or the end."""

    phase: Phase
    stage: int
    seconds: int | None
    deadline: str | None
    """RFC 3339; moved by later pauses and extensions. For people who read the log."""
    began: str | None = None
    """RFC 3339; when the stage's time began to count, where that is earlier than the event: a
    stage that follows a deadline counts from that deadline, whenever the room was looked at."""
    why: Literal["created", "ready", "moved-on", "time", "done"]


class Opened(Body):
    """A document came into being: its name and the text at version 0."""

    document: str
    text: str


class Edit(Body):
    """`changes` in order, made on `version`; afterwards the version is version + len(changes)."""

    document: str = Field(max_length=120)
    version: int = Field(ge=0, le=MOST)
    client: str = Field(min_length=1, max_length=40)
    changes: list[_Sent] = Field(min_length=1, max_length=500, fail_fast=True)
    pasted: int = Field(default=0, ge=0, le=MOST)
    """How many characters of it were pasted from outside of this room, as the browser says."""


class Cursor(Body):
    document: str = Field(max_length=120)
    client: str = Field(min_length=1, max_length=40)
    anchor: int = Field(ge=0, le=MOST)
    head: int = Field(ge=0, le=MOST)


class RunStarted(Body):
    run: str
    question: str
    mode: Mode
    version: int
    """Of the document code/<question>; -1 for answers of a quiz or predictions."""
    sha256: str
    """Of what was judged, in UTF-8: commands.submission gives that text."""
    why: Literal["asked", "time", "moved-on"]
    """Somebody pressed Submit or Run, the time was up, or the stage was left before it was."""


class VerdictCame(Body):
    run: str
    question: str
    mode: Mode
    verdict: dict[str, Any]
    """sandbox.verdict.Verdict as JSON."""


class Failed(Body):
    """We could not judge a run: ours, never the candidate's."""

    run: str
    question: str
    mode: Mode
    message: str


class Said(Body):
    text: str = Field(min_length=1, max_length=4000)
    """Markdown from the script; plain text from people."""
    why: Literal[
        "chat",
        "opening",
        "task",
        "hint",
        "nudge",
        "time",
        "follow-up",
        "further",
        "reaction",
        "closing",
    ] = "chat"
    question: str | None = None
    item: int | None = None
    """Of a follow-up: which. Of a hint: its level, 0 for saying what hints there are. Of a nudge
    after silence: its number. Of a word about the time: the stage."""
    case: str | None = None
    """Of a nudge: the case that keeps failing."""


class HintAsked(Body):
    """A hint was asked for or given; the script's `say` with the text follows at once."""

    question: str
    level: int = Field(default=0, ge=0, le=3)
    """1 to 3; filled in by the server."""


class Asked(Body):
    """A follow-up (or a concept item) was put to the candidate; its answer is the document
    answer/<question>/<item>, counted from 0. `further`: one more question about the same item;
    it is answered in the same document."""

    question: str
    item: int
    further: bool = False


class Chosen(Body):
    """The candidate's present choice for one item of a quiz."""

    question: str
    item: int = Field(ge=0, le=200)
    choices: list[int] = Field(max_length=50)


class Answered(Body):
    """The candidate says that this answer is complete."""

    question: str
    item: int = Field(ge=0, le=200)


class Scored(Body):
    """A person scores an answer (`item`) against its key points, or a whole criterion."""

    question: str | None = None
    item: int | None = None
    points: list[bool] | None = Field(default=None, max_length=200)
    """One for each key point of the answer."""
    criterion: str | None = None
    level: Level | None = None
    reason: str = Field(default="", max_length=2000)


class Extended(Body):
    seconds: int = Field(ge=1, le=7200)
    reason: str = Field(default="", max_length=500)


class Focus(Body):
    """The room's page lost (away=True) or regained the browser's focus."""

    away: bool


class Empty(Body):
    pass


BODIES: dict[str, type[Body]] = {
    "created": Created,
    "joined": Joined,
    "left": Left,
    "phase": PhaseBegan,
    "opened": Opened,
    "edit": Edit,
    "cursor": Cursor,
    "run": RunStarted,
    "verdict": VerdictCame,
    "failure": Failed,
    "say": Said,
    "hint": HintAsked,
    "asked": Asked,
    "choice": Chosen,
    "answered": Answered,
    "score": Scored,
    "pause": Empty,
    "resume": Empty,
    "extend": Extended,
    "take-over": Empty,
    "hand-back": Empty,
    "share": Empty,
    "focus": Focus,
}


class RunAsked(Body):
    question: str
    mode: Mode


class NextAsked(Body):
    """Begin (in the lobby), or go on to the next stage before its time is up."""

    stage: int = Field(ge=-1)
    """The stage that is left, so that two presses do not skip one."""


# What a client may send. Most become the event of the same name; `run` becomes a run with its
# number, `next` becomes `phase`.
COMMANDS: dict[str, type[Body]] = {
    "asked": Asked,
    "edit": Edit,
    "cursor": Cursor,
    "run": RunAsked,
    "next": NextAsked,
    "say": Said,
    "hint": HintAsked,
    "choice": Chosen,
    "answered": Answered,
    "score": Scored,
    "pause": Empty,
    "resume": Empty,
    "extend": Extended,
    "take-over": Empty,
    "hand-back": Empty,
    "share": Empty,
    "focus": Focus,
}


def code_document(question: str) -> str:
    return f"code/{question}"


def answer_document(question: str, item: int) -> str:
    return f"answer/{question}/{item}"
