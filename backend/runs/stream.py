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
    """The row at one moment, and what this delivery and those before it have `stored` that is new.

    Where the executor is elsewhere, its first event is stored with others that follow it: until
    then the row says as much."""

    state: str
    delivery: int
    view: dict[str, Any]
    stored: list[Event]

    @property
    def ended(self) -> bool:
        return self.state not in (QUEUED, RUNNING)

    @property
    def about(self) -> dict[str, Any]:
        """What a reader who waits is told, and told anew when it changes."""
        return {name: self.view[name] for name in ("state", "position", "losses")}

    def says(self, after: int) -> Event:
        """The event that tells of the row where nobody else has yet."""
        if self.state == RUNNING:
            return Event(self.delivery * DELIVERY_STRIDE + 1, "state", self.about)
        if self.state == QUEUED:
            # Above what earlier deliveries told, below what the next one will tell.
            between = self.delivery * DELIVERY_STRIDE + DELIVERY_STRIDE // 2
            last = max([after, *(event.sequence for event in self.stored)])
            return Event(max(last + 1, between), "state", self.about)
        return Event(_final(self.delivery), "finished", self.view)


def _final(delivery: int) -> int:
    """The last number of a delivery: above all that was told, however it ended."""
    return (delivery + 1) * DELIVERY_STRIDE - 1


async def follow(database: Database, live: Live, run_id: str, after: int) -> AsyncGenerator[str]:
    """Events with a sequence above `after`; ends with the run, or when the server stops.

    Yields nothing at all where nothing is left to tell. Raises Problem where there is no such run.
    """
    with live.listen(run_id) as listener:
        channel = listener.channel
        look = await run_in_threadpool(_look, database, run_id, after)
        if look.ended and look.says(after).sequence <= after:
            return
        yield SIGN_OF_LIFE  # so that the reader knows at once that it is connected
        said: dict[str, Any] | None = None
        sent = stirs = 0
        while True:
            told = [*look.stored, *channel.events[sent:]]
            sent += len(told) - len(look.stored)
            if look.about != said:
                said = look.about
                told.append(look.says(after))
            # In one piece: each takes its way through the whole server.
            in_order = {event.sequence: event for event in told if event.sequence > after}
            if in_order:
                after = max(in_order)
                yield "".join(_format(in_order[number]) for number in sorted(in_order))
            if look.ended or live.stopping:
                return
            # What ends before our ears has been told already.
            is_told = channel.ended and sent == len(channel.events)
            if not channel.ended:
                rung = await listener.wait(LOOK_SECONDS)
                if rung and channel.stirs == stirs:
                    continue
                stirs = channel.stirs
                yield SIGN_OF_LIFE
            look = await run_in_threadpool(_look, database, run_id, None if is_told else after)


def _look(database: Database, run_id: str, after: int | None) -> _Look:
    """`after` is None where nobody asks for what is stored."""
    with database.read() as session:
        run = service.find(session, run_id)
        stored = []
        # Not before the row: what has ended has all its events by then.
        if after is not None and run.delivery > 0:
            final = _final(run.delivery)
            rows = queries.events_after(session, run_id, after)
            stored = [
                Event(row.sequence, row.type, row.data) for row in rows if row.sequence <= final
            ]
        return _Look(run.state, run.delivery, service.view(session, run), stored)


def _format(event: Event) -> str:
    return f"id: {event.sequence}\nevent: {event.type}\ndata: {json.dumps(event.data)}\n\n"
