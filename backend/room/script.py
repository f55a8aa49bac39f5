"""The scripted interviewer: what it says next, from the room and the question's folder.

Pure, and without memory of its own: `state.said` tells what was said, and nothing is said twice.
While a person leads the talk it is silent; afterwards it goes on from where the room is then.
"""

from datetime import datetime

from backend.bank import Bank
from backend.room import lines
from backend.room.script_answers import follow_ups, quick_checks
from backend.room.script_coding import coding, hint, silent_until, speaks_of_time_at
from backend.room.speech import Drafts, minutes, name, once, pick, say
from backend.room.state import Line, State

__all__ = ["hint", "next_lines", "speaks_at"]


def next_lines(state: State, now: datetime, bank: Bank) -> Drafts:
    """What the script does now; empty: nothing. One thought at a time."""
    if not state.script_speaks or state.clock.paused:
        return ()
    questions = [found for slug in state.current if (found := bank.get(slug)) is not None]
    if state.phase == "introduction":
        return _introduction(state)
    if state.phase == "coding":
        return coding(state, now, questions) or _cannot_answer(state)
    if state.phase == "follow-ups":
        return follow_ups(state, questions)
    if state.phase == "quick-checks":
        return quick_checks(state, questions)
    if state.phase == "wrap-up":
        return once(state, Line("closing"), pick(state, lines.CLOSING, 0), name=name(state))
    return ()


def speaks_at(state: State, now: datetime) -> datetime | None:
    """When it has something to say next if nothing happens before; None: it waits for others."""
    moments = (silent_until(state), speaks_of_time_at(state))
    # A moment that has passed without a word brings none later either.
    return min((at for at in moments if at is not None and at > now), default=None)


def _introduction(state: State) -> Drafts:
    if Line("opening") in state.said:
        return ()
    created = state.created
    plan = [stage for stage in created.stages if stage.phase != "introduction"]
    seconds = sum(stage.seconds or 0 for stage in created.stages)
    greeting = pick(state, lines.GREETING, 0) or ""
    time = lines.TIME_IN_ALL.format(time=minutes(seconds)) if seconds else ""
    parts = [greeting.format(name=name(state), title=created.title, time=time)]
    if plan:
        names = [
            stage.title if stage.seconds is None else f"{stage.title} ({minutes(stage.seconds)})"
            for stage in plan
        ]
        parts[0] += " " + lines.PLAN.format(stages=", ".join(names))
    if created.tips:
        parts.append("\n".join((lines.TIPS, "", *(f"- {tip}" for tip in created.tips))))
    if not created.rules.run:
        parts.append(lines.WHITEBOARD)
    parts += [lines.RECORDED, pick(state, lines.BEGIN, 0) or ""]
    return (say(Line("opening"), "\n\n".join(parts)),)


def _cannot_answer(state: State) -> Drafts:
    """Said once, and not where a person is there who can."""
    if not state.question_open or "interviewer" in state.here.values():
        return ()
    return once(state, Line("reaction"), pick(state, lines.ONLY_A_SCRIPT, 0))
