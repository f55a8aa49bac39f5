"""Where the shapes of the charts stand. Numbers in, numbers out; the template draws."""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.report.document import Mark, Timeline
from backend.report.words import clock, duration

WIDTH = 1000.0
LEFT = 96.0
"""The names of the lanes stand left of it."""
RIGHT = 12.0
LANES = {
    "run": "Runs",
    "submit": "Runs",
    "our-failure": "Runs",
    "hint": "Talk",
    "question": "Talk",
    "extension": "Talk",
    "paste": "Page",
    "focus-lost": "Page",
}
STAGE_TOP, STAGE_HEIGHT, LANE_HEIGHT = 2.0, 30.0, 30.0
# Of a letter, at the size in which stages are written; measured to be safe rather than exact.
LETTER = 8.2
STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 86400)
MOST_TICKS = 10


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    width: float
    title: str
    label: str
    """What of the title fits into it."""
    kind: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    mark: Mark


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Lane:
    y: float
    title: str


@dataclass(frozen=True, slots=True)
class TimelineChart:
    height: float
    boxes: list[Box]
    lanes: list[Lane]
    dots: list[Dot]
    ticks: list[Tick]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stage in words: what happened in it, in order."""

    begin: float
    seconds: float
    title: str
    moments: list[tuple[float, str]]


def chapters(timeline: Timeline) -> list[Chapter]:
    """The timeline as a list, for whoever does not look at the drawing."""
    stages = [span for span in timeline.spans if span.kind == "stage"]
    happened = [(mark.at, mark.sentence) for mark in timeline.marks] + [
        (span.begin, f"Paused for {duration(span.end - span.begin)}")
        for span in timeline.spans
        if span.kind == "pause"
    ]
    found = []
    for number, stage in enumerate(stages):
        until = stages[number + 1].begin if number + 1 < len(stages) else float("inf")
        inside = sorted(one for one in happened if stage.begin <= one[0] < until)
        found.append(Chapter(stage.begin, stage.end - stage.begin, stage.title, inside))
    return found


def timeline_chart(timeline: Timeline) -> TimelineChart:
    seconds = max(timeline.seconds, 1.0)

    def place(at: float) -> float:
        share = min(max(at / seconds, 0.0), 1.0)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    used = dict.fromkeys(
        lane for lane in dict.fromkeys(LANES.values()) if lane in _lanes_of(timeline.marks)
    )
    first = STAGE_TOP + STAGE_HEIGHT + LANE_HEIGHT / 2
    middle = {lane: first + LANE_HEIGHT * number for number, lane in enumerate(used)}
    boxes = []
    for span in timeline.spans:
        left, right = place(span.begin), place(span.end)
        width = round(max(right - left, 1.0), 1)
        boxes.append(Box(left, width, span.title, _fitting(span.title, width), span.kind))
    bottom = STAGE_TOP + STAGE_HEIGHT + LANE_HEIGHT * len(used)
    return TimelineChart(
        height=bottom + 26,
        boxes=boxes,
        lanes=[Lane(y, lane) for lane, y in middle.items()],
        dots=[Dot(place(mark.at), middle[LANES[mark.kind]], mark) for mark in timeline.marks],
        ticks=[Tick(place(at), clock(at)) for at in _ticks(seconds)],
    )


def _lanes_of(marks: Iterable[Mark]) -> set[str]:
    return {LANES[mark.kind] for mark in marks}


def _fitting(title: str, width: float) -> str:
    letters = int((width - 8) / LETTER)
    if len(title) <= letters:
        return title
    return f"{title[: letters - 1].rstrip()}…" if letters >= 4 else ""


def _ticks(seconds: float) -> range:
    step = next((step for step in STEPS if seconds / step <= MOST_TICKS), 7 * 86400)
    # None where its label would be cut off at the right.
    return range(0, int(seconds * 0.98) + 1, step)
