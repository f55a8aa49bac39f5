"""A run's events as text/event-stream: what was told before, then live, then how it ended."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool

from backend.db import Database
from backend.models import QUEUED, RUNNING
from backend.queue.lease import DELIVERY_STRIDE, Event
from backend.runs import queries, service
from backend.runs.live import Live

# How long a stream stays silent before it looks into the row: the place in the queue may have
# changed, and the rows are the truth also where a wake-up was lost.
LOOK_SECONDS = 2.0
SIGN_OF_LIFE = ": here\n\n"


@dataclass(frozen=True, slots=True)
class _Look:
    """The row at one moment. `final` is the number of the event that ends this delivery."""

    state: str
    delivery: int
    view: dict[str, Any]
    final: int

    @property
    def waits(self) -> tuple[Any, ...]:
        """What a reader who waits is told anew when it changes."""
        return (self.view["position"], self.view["losses"])

    @property
    def ended(self) -> bool:
        return self.state not in (QUEUED, RUNNING)


async def follow(database: Database, live: Live, run_id: str, after: int) -> AsyncGenerator[str]:
    """Events with a sequence above `after`; ends with the run, or when the server stops.

    Yields nothing at all where nothing is left to tell. Raises Problem where there is no such run.
    """
    with live.listen(run_id) as listener:
        channel = listener.channel
        look = await run_in_threadpool(_look, database, run_id)
        if look.ended and look.final <= after:
            return
        yield SIGN_OF_LIFE  # so that the reader knows at once that it is connected
        waits: object = None
        sent = stirs = 0
        while not look.ended:
            if look.state == RUNNING:
                waits = None  # one that is queued again is told so, whatever its place
            if look.state == QUEUED and look.waits != waits:
                waits = look.waits
                # Above what earlier deliveries told, below what the next one will tell.
                after = max(after + 1, look.delivery * DELIVERY_STRIDE + DELIVERY_STRIDE // 2)
                told = {name: look.view[name] for name in ("state", "position", "losses")}
                yield _format(Event(after, "state", told))
            while sent < len(channel.events):
                event = channel.events[sent]
                sent += 1
                if event.sequence > after:
                    after = event.sequence
                    yield _format(event)
            if live.stopping:
                return
            if not channel.ended:
                rung = await listener.wait(LOOK_SECONDS)
                if rung and channel.stirs == stirs:
                    continue
                stirs = channel.stirs
                yield SIGN_OF_LIFE
                for event in await run_in_threadpool(_stored, database, run_id, after):
                    after = event.sequence
                    yield _format(event)
            look = await run_in_threadpool(_look, database, run_id)
        # Where it ended before our eyes, or ears, everything has been told already.
        if not (channel.ended and sent == len(channel.events)):
            for event in await run_in_threadpool(_stored, database, run_id, after):
                yield _format(event)
        yield _format(Event(look.final, "finished", look.view))


def _look(database: Database, run_id: str) -> _Look:
    with database.read() as session:
        run = service.find(session, run_id)
        # The last number of its delivery: above all that was told, however it ended.
        final = (run.delivery + 1) * DELIVERY_STRIDE - 1
        return _Look(run.state, run.delivery, service.view(session, run), final)


def _stored(database: Database, run_id: str, after: int) -> list[Event]:
    with database.read() as session:
        rows = queries.events_after(session, run_id, after)
        return [Event(row.sequence, row.type, row.data) for row in rows]


def _format(event: Event) -> str:
    return f"id: {event.sequence}\nevent: {event.type}\ndata: {json.dumps(event.data)}\n\n"
