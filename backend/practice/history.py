"""What somebody did, as practice looks at it: runs and rooms, gathered into sittings. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

# Runs of one question that lie closer together than this are one sitting: who fails, reads and
# passes an hour later has recalled once, not twice.
A_BREAK = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run that was judged. `passed` of its `total` cases did."""

    question: str
    mode: str
    room: str | None
    at: datetime
    """When it was asked for."""
    outcome: str
    passed: int
    total: int


@dataclass(frozen=True, slots=True)
class PastEvent:
    """A line of a room's log, of one of the KINDS that matter here."""

    room: str
    at: datetime
    kind: str
    body: Mapping[str, Any]


KINDS = ("created", "phase", "pause", "resume", "hint", "score")


@dataclass(frozen=True, slots=True)
class Sitting:
    """One go at one question: in a room, or in one stretch on the question's own page."""

    question: str
    room: str | None
    began: datetime
    at: datetime
    """Of the first Submit that passed, else of the last thing done."""
    submits: int
    """Up to the first that passed."""
    passed: bool
    best: int
    """Most cases that one Submit passed; of a concept: key points that were touched."""
    total: int
    hints: int
    seconds: float | None
    """From the beginning to the pass, without pauses; None without a pass, or where all that is
    known of the beginning is the Submit itself."""
    is_scored: bool = False
    """The outcome was said by a person, not found by running anything."""


def sittings(runs: Sequence[PastRun], events: Sequence[PastEvent]) -> list[Sitting]:
    """In the order of their times. `events` stand room by room, each in the log's order."""
    logs = {room: tuple(log) for room, log in groupby(events, key=lambda event: event.room)}
    found = [_of_runs(group, logs) for group in _groups(runs)]
    for room, log in logs.items():
        found.extend(_of_scores(room, log))
    return sorted(found, key=lambda sitting: (sitting.at, sitting.question))


def _groups(runs: Sequence[PastRun]) -> Iterator[list[PastRun]]:
    order = sorted(runs, key=lambda run: (run.question, run.room or "", run.at))
    for (_, room), same in groupby(order, key=lambda run: (run.question, run.room)):
        group: list[PastRun] = []
        for run in same:
            if group and room is None and run.at - group[-1].at > A_BREAK:
                yield group
                group = []
            group.append(run)
        yield group


def _of_runs(runs: Sequence[PastRun], logs: Mapping[str, Sequence[PastEvent]]) -> Sitting:
    first = runs[0]
    submits = [run for run in runs if run.mode == "submit"]
    passes = [run for run in submits if run.outcome == "passed"]
    end = passes[0] if passes else runs[-1]
    counted = [run for run in submits if run.at <= end.at]
    log = logs.get(first.room or "", ())
    began = _stage_began(log, first.question, end.at)
    best = max(submits, key=lambda run: run.passed, default=None)
    seconds = None
    if passes and (began is not None or end is not first):
        start = began or first.at
        seconds = (end.at - start).total_seconds() - _paused(log, start, end.at)
    return Sitting(
        question=first.question,
        room=first.room,
        began=began or first.at,
        at=end.at,
        submits=len(counted),
        passed=bool(passes),
        best=best.passed if best else 0,
        total=best.total if best else 0,
        hints=sum(_is_hint(event, first.question, end.at) for event in log),
        seconds=seconds,
    )


def _of_scores(room: str, log: Sequence[PastEvent]) -> Iterator[Sitting]:
    """A concept has no runs: its outcome is how many key points somebody says were touched."""
    latest: dict[tuple[str, int], PastEvent] = {}
    for event in log:
        body = event.body
        if event.kind == "score" and body.get("points") is not None and body.get("question"):
            latest[body["question"], body.get("item") or 0] = event
    for question, of_question in groupby(sorted(latest), key=lambda key: key[0]):
        scores = [latest[key] for key in of_question]
        points = [point for score in scores for point in score.body["points"]]
        if not points:
            continue
        at = max(score.at for score in scores)
        yield Sitting(
            question=question,
            room=room,
            began=_stage_began(log, question, at) or at,
            at=at,
            submits=1,
            passed=2 * sum(points) >= len(points),
            best=sum(points),
            total=len(points),
            hints=0,
            seconds=None,
            is_scored=True,
        )


def _stage_began(log: Iterable[PastEvent], question: str, before: datetime) -> datetime | None:
    """When the room came to the stage that has this question."""
    stages: list[dict[str, Any]] = []
    for event in log:
        if event.kind == "created":
            stages = event.body["stages"]
        elif event.kind == "phase" and event.at <= before:
            stage = event.body["stage"]
            if 0 <= stage < len(stages) and question in stages[stage]["questions"]:
                return event.at
    return None


def _paused(log: Iterable[PastEvent], start: datetime, end: datetime) -> float:
    """Seconds between the two in which the room's clock stood."""
    total, since = 0.0, None
    for event in log:
        if event.kind == "pause" and since is None:
            since = event.at
        elif event.kind == "resume" and since is not None:
            total += max(0.0, (min(event.at, end) - max(since, start)).total_seconds())
            since = None
    return total


def _is_hint(event: PastEvent, question: str, before: datetime) -> bool:
    return event.kind == "hint" and event.body["question"] == question and event.at <= before
