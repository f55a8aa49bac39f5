"""Who sits where: the events by which a page comes and goes, and whose seat is taken from it."""

from collections.abc import Collection

from backend.room.events import Draft, Joined, Role
from backend.room.state import State
from backend.room.turn import Command


def came(role: Role, client: str, replica: str) -> Command:
    return _command(role, client, "joined", replica)


def went(role: str, client: str, replica: str | None) -> Command:
    """It has left its seat at that replica; nothing happens where it sits elsewhere by then."""
    return _command(
        "interviewer" if role == "interviewer" else "candidate", client, "left", replica
    )


def elsewhere(state: State, replica: str) -> frozenset[str]:
    """The other replicas at which somebody sits."""
    return frozenset(state.seated_at.values()) - {replica}


def left_behind(state: State, gone: Collection[str | None]) -> list[Command]:
    """The going of every page that sat at one of `gone`; None stands for before there were
    several."""
    return [
        went(role, client, state.seated_at.get(client))
        for client, role in state.here.items()
        if state.seated_at.get(client) in gone
    ]


def _command(role: Role, client: str, kind: str, replica: str | None) -> Command:
    body = Joined(role=role, client=client, replica=replica).model_dump(exclude_none=True)
    return Command(role, client, kind, drafts=(Draft(role, kind, body),))
