"""The script while somebody writes code: the task, hints, nudges, a word about the time."""

from datetime import datetime, timedelta
from itertools import islice

from backend.bank import Question
from backend.room import lines
from backend.room.events import Author, Draft, code_document
from backend.room.speech import Drafts, count, first, minutes, once, percent, pick, say
from backend.room.state import Line, RoomRun, State

SILENCE = timedelta(seconds=180)
TIME_LEFT = timedelta(minutes=5)
LONG_STAGE = 15 * 60
"""Seconds that a stage must have for a word about the time that is left."""
SAME_FAILURES = 3

OFFER, NO_HINT = 0, 9
"""`item` of the lines that say what hints there are, or that there is none; 1 to 3 are hints."""


def coding(state: State, now: datetime, questions: list[Question]) -> Drafts:
    return (
        first(_task(state, question) for question in questions)
        or _hint_wanted(state, questions)
        or first(_passed(state, question) for question in questions)
        or first(_same_failure(state, question) for question in questions)
        or _time_left(state, now)
        or _silence(state, now, questions)
    )


def _task(state: State, question: Question) -> Drafts:
    document = state.documents.get(code_document(question.slug))
    if Line("task", question.slug) in state.said:
        return ()
    if document is not None and document.version > 0:
        return ()  # a person set it, or the work is under way: too late to introduce it
    said = [line for line in state.said if line.why == "task"]
    ways = lines.TASK[question.kind]
    text = pick(state, ways, len(said) % len(ways)) or ""
    parts = [text.format(title=question.title, summary=question.summary)]
    parts.append(_time(state))
    rules = state.created.rules
    if question.hints and rules.hints:
        cost = lines.HINTS_COST if rules.hint_cost else lines.HINTS_FREE
        parts.append(cost.format(count=len(question.hints), percent=percent(rules.hint_cost)))
    if state.stage == 0 and not rules.run:
        parts.append(lines.WHITEBOARD)
    return once(state, Line("task", question.slug), " ".join(parts))


def _time(state: State) -> str:
    seconds = state.clock.seconds
    if seconds is None:
        return lines.NO_CLOCK
    way = lines.TIME_FOR_ALL if len(state.current) > 1 else lines.TIME_FOR_IT
    return way.format(time=minutes(seconds))


def _hint_wanted(state: State, questions: list[Question]) -> Drafts:
    """The candidate asked in words: the first answer names the price, the second is the hint."""
    if not state.hint_wanted:
        return ()
    question = next((one for one in questions if one.slug not in state.passed), None)
    if question is None or not question.hints:
        return ()
    given = state.hints.get(question.slug, 0)
    rules = state.created.rules
    if not rules.hints:
        return _no_hint(state, lines.NO_HINTS_HERE, question)
    left = len(question.hints) - given
    if not left:
        return _no_hint(state, lines.NO_HINT_LEFT, question)
    ways = lines.HINT_OFFER_COST if rules.hint_cost else lines.HINT_OFFER_FREE
    offer = pick(state, ways, count(state, "hint", OFFER))
    if given or offer is None or Line("hint", question.slug, OFFER) in state.said:
        return hint(state, question, "script")
    line = Line("hint", question.slug, OFFER)
    return once(state, line, offer, left=left, percent=percent(rules.hint_cost))


def hint(state: State, question: Question, author: Author) -> Drafts:
    """The next hint of a question: the event, and the words that go with it."""
    level = state.hints.get(question.slug, 0) + 1
    one = question.hints[level - 1]
    heading = lines.HINT_INTRODUCTION[min(level, max(lines.HINT_INTRODUCTION))]
    text = f"{heading.format(title=one.title)}\n\n{one.text}"
    return (
        Draft(author, "hint", {"question": question.slug, "level": level}),
        say(Line("hint", question.slug, level), text),
    )


def _no_hint(state: State, ways: lines.Lines, question: Question) -> Drafts:
    way = pick(state, ways, count(state, "hint", NO_HINT))
    return once(state, Line("hint", question.slug, NO_HINT), way)


def _passed(state: State, question: Question) -> Drafts:
    if Line("reaction", question.slug) in state.said or question.slug not in state.passed:
        return ()
    way = pick(state, lines.PASSED, count(state, "reaction"))
    return once(state, Line("reaction", question.slug), way)


def _same_failure(state: State, question: Question) -> Drafts:
    run = _failing_again(state, question.slug)
    if run is None:
        return ()
    ways = lines.SAME_FAILURE.get(run.failed_what, lines.SAME_FAILURE[""])
    told = sum(1 for line in state.said if line.why == "nudge" and line.case is not None)
    line = Line("nudge", question.slug, None, run.failed_case)
    return once(state, line, pick(state, ways, told % len(ways)), case=run.failed_title)


def _failing_again(state: State, slug: str) -> RoomRun | None:
    """The last run, if it and the two before it failed first in the same case."""
    # From the last one backwards: this is asked after every event, and a room may have many runs.
    newest = reversed(tuple(state.runs.values()))
    ended = (run for run in newest if run.question == slug and run.outcome is not None)
    last = list(islice(ended, SAME_FAILURES))
    if len(last) < SAME_FAILURES or last[0].failed_case is None:
        return None
    return last[0] if len({run.failed_case for run in last}) == 1 else None


def speaks_of_time_at(state: State) -> datetime | None:
    """When the script says how much time is left of a long coding stage; None: it does not."""
    deadline, seconds = state.clock.deadline, state.clock.seconds
    if not state.script_speaks or state.phase != "coding" or deadline is None or seconds is None:
        return None
    if seconds < LONG_STAGE or Line("time", None, state.stage) in state.said:
        return None
    return None if _all_passed(state) else deadline - TIME_LEFT


def _time_left(state: State, now: datetime) -> Drafts:
    at = speaks_of_time_at(state)
    if at is None or at > now:
        return ()
    way = pick(state, lines.TIME_LEFT, count(state, "time"))
    time = minutes(round(state.clock.remaining(now) or 0))
    return once(state, Line("time", None, state.stage), way, time=time)


def _silence(state: State, now: datetime, questions: list[Question]) -> Drafts:
    until = silent_until(state)
    question = next((one for one in questions if one.slug not in state.passed), None)
    if until is None or until > now or question is None:
        return ()
    number = _nudges(state)
    text = pick(state, lines.SILENCE, number)
    return once(state, Line("nudge", question.slug, number + 1), text)


def silent_until(state: State) -> datetime | None:
    """When the candidate will have been silent for so long that the script asks; None: never."""
    if not state.script_speaks or state.clock.paused or state.phase != "coding":
        return None
    if "candidate" not in state.here.values() or _all_passed(state):
        return None
    if _nudges(state) >= len(lines.SILENCE):
        return None
    moments = (state.active_at, state.silent_from, state.clock.began)
    return max(moment for moment in moments if moment is not None) + SILENCE


def _nudges(state: State) -> int:
    return sum(1 for line in state.said if line.why == "nudge" and line.case is None)


def _all_passed(state: State) -> bool:
    return state.passed.issuperset(state.current)
