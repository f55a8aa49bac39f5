"""What a room does by itself: its clock, and the scripted interviewer.

How time counts. A stage ends at its deadline, which only a pause or an extension moves; it does
not matter who is there, or whether the server was. A room that is looked at late (the server was
away) goes through what it missed stage by stage: the text is submitted as it stood, and the next
stage counts from the deadline of the one before, not from the moment of looking. An interview
thus ends when it was to end, for everybody who made an appointment by it; who has lost time gets
it back by `extend` or stops the clock by `pause`. The script passes over stages that are over.
A stage without a limit, the lobby and a paused clock never end by themselves.
"""

from dataclasses import dataclass
from datetime import datetime

from backend.bank import Bank
from backend.room import script, stages
from backend.room.events import Draft
from backend.room.state import State


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be appended now, and when to look again if nothing happens before."""

    drafts: tuple[Draft, ...]
    next_at: datetime | None


NOTHING = Due((), None)


def due(state: State, now: datetime, bank: Bank, *, new_run: stages.NewRun = stages.run_id) -> Due:
    """One thing at a time: append the drafts, fold them, and ask again until there are none."""
    if state.phase in ("lobby", "finished"):
        return NOTHING
    deadline = state.clock.deadline
    if deadline is not None and deadline <= now:
        ended = stages.leave(state, "time", bank, new_run)
        return Due((*ended, *stages.begin(state, state.stage + 1, "time", deadline, bank)), now)
    drafts = script.next_lines(state, now, bank)
    if drafts:
        return Due(drafts, now)
    moments = (deadline, script.speaks_at(state, now))
    return Due((), min((at for at in moments if at is not None), default=None))
