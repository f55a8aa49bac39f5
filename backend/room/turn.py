"""One turn of a room: commands and the clock in, events to append out. Nothing happens here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from backend.bank import Bank
from backend.errors import Problem
from backend.room.commands import decide
from backend.room.due import due
from backend.room.events import Body, Draft, Event, Role
from backend.room.fold import step
from backend.room.state import State
from backend.room.submission import submission
from backend.room.writer import RoomRunRequest

logger = structlog.get_logger(__name__)

# What the clock and the script may say in a row before it is taken for a mistake of ours.
AT_ONCE = 100
CURSOR_SECONDS = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Command:
    """What somebody wants to happen. `drafts`: decided already (a page came or went)."""

    role: Role
    client: str
    kind: str
    body: Body | None = None
    key: str | None = None
    drafts: tuple[Draft, ...] | None = None


Answer = list[Event] | Problem
"""The events that a command made (now, or when its key came before), or why it made none."""


@dataclass(slots=True)
class Turn:
    """The room as it will be once `events` are appended."""

    state: State
    last_at: datetime | None
    events: list[Event] = field(default_factory=list)
    runs: list[RoomRunRequest] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    """One for each command."""
    cursors: dict[str, Event] = field(default_factory=dict)
    """Client -> where its cursor is now, of those that moved; logged or not."""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a turn must know of the log beside its state."""

    keys: Mapping[str, Event]
    cursors_at: Mapping[str, datetime]
    """Client -> when its cursor was logged last."""


def take_turn(
    state: State,
    last_at: datetime | None,
    known: Known,
    commands: Sequence[Command],
    refused: Mapping[int, Problem],
    now: datetime,
    bank: Bank,
    document_limit: int,
    due_at: datetime | None,
) -> Turn:
    """`refused`: commands (by their place) that the database has turned down already. `due_at`:
    when something is to be done without a command."""
    moment = now if last_at is None else max(now, last_at)
    turn = Turn(state, last_at, due_at=due_at)
    keys = dict(known.keys) if any(command.key for command in commands) else known.keys
    cursors_at = dict(known.cursors_at)
    if due_at is not None and due_at <= moment:
        _automatic(turn, moment, bank)
    for place, command in enumerate(commands):
        if place in refused:
            turn.answers.append(refused[place])
            continue
        earlier = keys.get(command.key) if command.key else None
        if earlier is not None:
            turn.answers.append([earlier])
            continue
        try:
            drafts = _drafts(turn, command, moment, bank, document_limit, cursors_at)
        except Problem as problem:
            turn.answers.append(problem)
            continue
        except Exception as error:
            logger.error("a command could not be decided", kind=command.kind, exc_info=error)
            turn.answers.append(our_error())
            continue
        made = _append(turn, drafts, moment, bank, place)
        if command.key and made:
            assert isinstance(keys, dict)
            keys[command.key] = made[0]
        turn.answers.append(made)
        if made:
            _automatic(turn, moment, bank)
    return turn


def _drafts(
    turn: Turn,
    command: Command,
    moment: datetime,
    bank: Bank,
    document_limit: int,
    cursors_at: dict[str, datetime],
) -> Sequence[Draft]:
    if command.drafts is not None:
        # Told here and not when it is asked: the page's own leaving may be still to be stored.
        return [draft for draft in command.drafts if not _is_known(turn.state, draft)]
    assert command.body is not None
    drafts = list(
        decide(
            turn.state,
            command.role,
            command.kind,
            command.body,
            moment,
            bank,
            document_limit=document_limit,
        )
    )
    if command.kind == "cursor":
        for draft in drafts:
            turn.cursors[command.client] = Event(0, moment, draft.author, "cursor", draft.body)
        logged = cursors_at.get(command.client)
        if logged is not None and (moment - logged).total_seconds() < CURSOR_SECONDS:
            return []
        cursors_at[command.client] = moment
    if command.key and drafts:
        drafts[0] = replace(drafts[0], key=command.key)
    return drafts


def _is_known(state: State, draft: Draft) -> bool:
    """Whether a page is here, or away, already. One that sits at another replica by now has not
    left: what is said here is that it left this one."""
    if draft.kind not in ("joined", "left"):
        return False
    client = draft.body["client"]
    here = state.here.get(client)
    is_its_seat = state.seated_at.get(client) == draft.body.get("replica")
    if draft.kind == "joined":
        return is_its_seat and bool(here == draft.body["role"])
    return not is_its_seat or here is None


def _automatic(turn: Turn, moment: datetime, bank: Bank) -> None:
    """The clock and the scripted interviewer, until they have nothing more to do."""
    for _ in range(AT_ONCE):
        ready = due(turn.state, moment, bank)
        turn.due_at = ready.next_at
        if not ready.drafts:
            return
        _append(turn, ready.drafts, moment, bank, None)
    logger.error("a room does not come to rest", stage=turn.state.stage, seq=turn.state.seq)


def _append(
    turn: Turn, drafts: Sequence[Draft], moment: datetime, bank: Bank, place: int | None
) -> list[Event]:
    made = []
    for draft in drafts:
        if draft.kind == "run":
            turn.runs.append(_run(turn.state, draft.body, bank, place))
        event = Event(turn.state.seq + 1, moment, draft.author, draft.kind, draft.body, draft.key)
        turn.state = step(turn.state, event)
        made.append(event)
    if made:
        turn.last_at = moment
    turn.events += made
    return made


def _run(state: State, body: Mapping[str, Any], bank: Bank, place: int | None) -> RoomRunRequest:
    question = bank.get(body["question"])
    # A question that has left the bank since cannot be judged; the executor will say so.
    code = "" if question is None else submission(state, question)
    wanted_by = place if body["why"] == "asked" else None
    return RoomRunRequest(body["run"], body["question"], body["mode"], code, wanted_by)


def our_error() -> Problem:
    return Problem(
        500,
        "our-error",
        "Our error",
        "Something went wrong on our side; it is in the server's log. Nothing you typed is lost.",
    )
