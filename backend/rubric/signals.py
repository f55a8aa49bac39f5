"""What the log tells beside verdicts: how the candidate worked.

Paste, focus, silence and speed annotate the timeline and enter no score: there are good reasons
for each. Only what the runs themselves show about method is evidence, see `working`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from backend.room.events import Event
from backend.rubric.attempts import Attempt, Streak, mending, shape_streaks, stuck
from backend.rubric.pastes import Paste, read_writing

# As long as the script waits before it nudges.
SILENCE = 180.0
_AT_WORK = ("coding", "quick-checks")
_WORK = ("edit", "run", "say", "hint", "choice", "answered")


@dataclass(frozen=True, slots=True)
class Away:
    """The page was out of focus. `seconds` until it came back, or until the log ends."""

    seconds: float
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Silence:
    """At least SILENCE seconds of coding or quick checks without an edit, a run or a word."""

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
    """Until the first Run or Submit that somebody asked for."""
    passed: float | None
    """Until the verdict of the first submit that passed every case."""
    shape_streaks: tuple[Streak, ...]
    stuck: tuple[Streak, ...]
    """The same case (or the same problem with the file) failing again and again."""
    failures: int
    """How many different cases or problems were the first thing to fail in some run."""
    mended: int
    """How many of these were gone after two runs at most."""


@dataclass(frozen=True, slots=True)
class Signals:
    questions: tuple[QuestionSignals, ...]
    """In the order in which they came up."""
    typed: int
    """Characters that the candidate's edits brought into documents, pasted ones included."""
    pasted: int
    pasted_share: float
    """pasted / typed; 0 where nothing was typed."""
    pastes: tuple[Paste, ...]
    away: tuple[Away, ...]
    away_seconds: float
    silences: tuple[Silence, ...]


def read_signals(events: Iterable[Event]) -> Signals:
    log = tuple(events)
    watch = _Watch(log)
    writing = read_writing(log)
    away = _away(log)
    return Signals(
        questions=tuple(_of_question(watch, name, one) for name, one in _questions(log).items()),
        typed=writing.typed,
        pasted=writing.pasted,
        pasted_share=writing.pasted / writing.typed if writing.typed else 0.0,
        pastes=writing.pastes,
        away=away,
        away_seconds=sum(one.seconds for one in away),
        silences=_silences(log, watch),
    )


class _Watch:
    """Counts seconds without those in which the room was paused."""

    def __init__(self, log: tuple[Event, ...]) -> None:
        self._pauses: list[tuple[datetime, datetime]] = []
        began: datetime | None = None
        for event in log:
            if event.kind == "pause" and began is None:
                began = event.at
            elif event.kind == "resume" and began is not None:
                self._pauses.append((began, event.at))
                began = None
        if began is not None:
            self._pauses.append((began, max(began, log[-1].at)))

    def seconds(self, start: datetime, end: datetime) -> float:
        paused = sum(
            max(0.0, (min(end, until) - max(start, since)).total_seconds())
            for since, until in self._pauses
        )
        return max(0.0, (end - start).total_seconds() - paused)


@dataclass(slots=True)
class _Seen:
    began: datetime | None = None
    runs: int = 0
    submits: int = 0
    hints: int = 0
    first_run: datetime | None = None
    passed: datetime | None = None
    attempts: list[Attempt] = field(default_factory=list)


def _questions(log: tuple[Event, ...]) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    stages: list[Mapping[str, list[str]]] = []
    for event in log:
        body = event.body
        if event.kind == "created":
            stages = body["stages"]
        elif event.kind == "phase" and 0 <= body["stage"] < len(stages):
            for question in stages[body["stage"]]["questions"]:
                one = seen.setdefault(question, _Seen())
                one.began = one.began or _began(event)
        elif event.kind == "hint":
            seen.setdefault(body["question"], _Seen()).hints += 1
        elif event.kind == "run":
            one = seen.setdefault(body["question"], _Seen())
            one.runs += body["mode"] == "run"
            one.submits += body["mode"] == "submit"
            if body["why"] == "asked":
                one.first_run = one.first_run or event.at
        elif event.kind == "verdict":
            one = seen.setdefault(body["question"], _Seen())
            one.attempts.append(
                Attempt(
                    body["question"],
                    body["run"],
                    body["mode"],
                    body["verdict"],
                    event.seq,
                    event.at,
                )
            )
            if body["mode"] == "submit" and body["verdict"]["outcome"] == "passed":
                one.passed = one.passed or event.at
    return seen


def _began(phase: Event) -> datetime:
    """When the stage's time began to count."""
    began = phase.body.get("began")
    return datetime.fromisoformat(began) if began else phase.at


def _of_question(watch: _Watch, question: str, seen: _Seen) -> QuestionSignals:
    def since(moment: datetime | None) -> float | None:
        known = moment is not None and seen.began is not None
        return watch.seconds(seen.began, moment) if known else None  # type: ignore[arg-type]

    failures, mended = mending(seen.attempts)
    return QuestionSignals(
        question=question,
        runs=seen.runs,
        submits=seen.submits,
        hints=seen.hints,
        first_run=since(seen.first_run),
        passed=since(seen.passed),
        shape_streaks=shape_streaks(seen.attempts),
        stuck=stuck(seen.attempts),
        failures=failures,
        mended=mended,
    )


def _away(log: tuple[Event, ...]) -> tuple[Away, ...]:
    found = []
    left: Event | None = None
    for event in log:
        if event.kind != "focus" or event.author != "candidate":
            continue
        if event.body["away"] and left is None:
            left = event
        elif not event.body["away"] and left is not None:
            found.append(Away((event.at - left.at).total_seconds(), left.seq, left.at))
            left = None
    if left is not None:
        found.append(Away((log[-1].at - left.at).total_seconds(), left.seq, left.at))
    return tuple(found)


def _silences(log: tuple[Event, ...], watch: _Watch) -> tuple[Silence, ...]:
    found = []
    last: Event | None = None
    for event in log:
        begins = event.kind == "phase"
        active = event.author == "candidate" and event.kind in _WORK
        if not begins and not active:
            continue
        if last is not None:
            seconds = watch.seconds(last.at, event.at)
            if seconds >= SILENCE:
                found.append(Silence(seconds, last.seq, last.at))
        if begins:
            last = event if event.body["phase"] in _AT_WORK else None
        elif last is not None:
            last = event
    return tuple(found)
