"""The parts of the running service, as endpoints ask for them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from backend.bank import Bank
from backend.clock import Clock
from backend.db import Database
from backend.interviews.templates import Templates
from backend.judging import Judging
from backend.queue.contract import Intake
from backend.room.pace import Paces
from backend.room.rooms import Rooms
from backend.runs.live import Live
from backend.settings import Settings
from backend.slots import HasStatus


@dataclass(frozen=True, slots=True)
class Parts:
    settings: Settings
    database: Database
    bank: Bank
    judging: Judging
    live: Live
    clock: Clock
    rooms: Rooms
    templates: Templates
    new_rooms: Paces

    @property
    def intake(self) -> Intake:
        return self.judging.intake

    @property
    def slots(self) -> HasStatus:
        """Who knows how the slots are."""
        return self.judging.slots


async def _parts(request: Request) -> Parts:
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


# Not a session: an endpoint opens its own transaction, so that it has ended before the answer is
# sent and before a worker is woken, and a request costs no further hop between threads.
Service = Annotated[Parts, Depends(_parts)]
