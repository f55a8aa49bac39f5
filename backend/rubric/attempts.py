"""The runs of one question in order, and what their succession says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.rubric.shapes import died_on_shapes

# Three deaths on shapes in a row are no longer a slip.
SHAPE_STREAK = 3
# The script offers help after the same failure three times; a fourth means that it did not help.
STUCK = 4
# A failure is mended when it was the first thing to go wrong in at most so many runs.
MENDED_WITHIN = 2


@dataclass(frozen=True, slots=True)
class Streak:
    """Runs in a row that died in the same way. `runs` are their ids, in order."""

    question: str
    runs: tuple[str, ...]
    message: str
    """Of the last of them."""
    seq: int
    at: datetime
    """Of the last one's verdict."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run that was judged."""

    question: str
    run: str
    mode: str
    verdict: Mapping[str, Any]
    seq: int
    at: datetime
    """Of its verdict."""


def first_failure(verdict: Mapping[str, Any]) -> tuple[str, str] | None:
    """What went wrong first: a name that is the same when it happens again, and its message."""
    problem = verdict.get("problem")
    if problem is not None:
        return str(problem["title"]), str(problem["message"])
    for case in verdict["cases"]:
        if case["outcome"] != "passed":
            return str(case["name"]), str(case["message"])
    script = verdict.get("script")
    if script is not None and script["outcome"] != "passed":
        return "the script", str(script["message"])
    return None


def shape_streaks(attempts: Iterable[Attempt]) -> tuple[Streak, ...]:
    def dead(attempt: Attempt) -> tuple[str, str] | None:
        message = died_on_shapes(attempt.verdict)
        return None if message is None else ("shapes", message)

    return _streaks(attempts, dead, SHAPE_STREAK)


def stuck(attempts: Iterable[Attempt]) -> tuple[Streak, ...]:
    return _streaks(attempts, lambda attempt: first_failure(attempt.verdict), STUCK)


def mending(attempts: Iterable[Attempt]) -> tuple[int, int]:
    """(different failures that came first in some run, how many of these were mended quickly)."""
    counts: dict[str, int] = {}
    last = None
    for attempt in attempts:
        failure = first_failure(attempt.verdict)
        last = None if failure is None else failure[0]
        if last is not None:
            counts[last] = counts.get(last, 0) + 1
    mended = sum(count <= MENDED_WITHIN and name != last for name, count in counts.items())
    return len(counts), mended


def _streaks(
    attempts: Iterable[Attempt],
    same: Callable[[Attempt], tuple[str, str] | None],
    least: int,
) -> tuple[Streak, ...]:
    found = []
    row: list[Attempt] = []
    name: str | None = None
    message = ""

    def close() -> None:
        if name is not None and len(row) >= least:
            last = row[-1]
            runs = tuple(one.run for one in row)
            found.append(Streak(last.question, runs, message, last.seq, last.at))

    for attempt in attempts:
        now = same(attempt)
        if now is None or now[0] != name:
            close()
            row, name = [], None if now is None else now[0]
        if now is not None:
            row.append(attempt)
            message = now[1]
    close()
    return tuple(found)
