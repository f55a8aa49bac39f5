"""A run's events as text/event-stream: what was told before, then live, then how it ended."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool

from backend.db import Database
from backend.models import QUEUED, RUNNING
from backend.queue.embedded import DELIVERY_STRIDE, Event
from backend.runs import queries, service
from backend.runs.live import Live

# How long a stream stays silent before it looks into the row: the place in the queue may have
# changed, and the rows are the truth also where a wake-up was lost.
LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Look:
    """The row at one moment. `stored` are the events kept with a run that has ended."""

    state: str
    delivery: int
    view: dict[str, Any]
    stored: list[Event]
    final: int

    @property
    def ended(self) -> bool:
        return self.state not in (QUEUED, RUNNING)


async def follow(database: Database, live: Live, run_id: str, after: int) -> AsyncIterator[str]:
    """Events with a sequence above `after`; ends with the run, or when the server stops."""
    position: object = ()
    with live.listen(run_id) as listener:
        sent = 0
        look = await run_in_threadpool(_look, database, run_id, after)
        while not live.stopping:
            if look.ended:
                for event in look.stored:
                    if event.sequence > after:
                        after = event.sequence
                        yield _format(event)
                if look.final > after:
                    yield _format(Event(look.final, "finished", look.view))
                return
            if look.state == QUEUED and look.view["position"] != position:
                position = look.view["position"]
                # Above what earlier deliveries told, below what the next one will tell.
                after = max(after + 1, look.delivery * DELIVERY_STRIDE + DELIVERY_STRIDE // 2)
                yield _format(Event(after, "state", {"state": QUEUED, "position": position}))
            for event in listener.channel.events[sent:]:
                sent += 1
                if event.sequence > after:
                    after = event.sequence
                    yield _format(event)
            if not listener.channel.ended:
                if await listener.wait(LOOK_SECONDS):
                    if not listener.channel.ended:
                        continue
                else:
                    yield ": still here\n\n"
            look = await run_in_threadpool(_look, database, run_id, after)


def has_told_all(database: Database, run_id: str, after: int) -> bool:
    """True where a reader that has seen `after` has nothing more to hear."""
    look = _look(database, run_id, after)
    return look.ended and look.final <= after


def _look(database: Database, run_id: str, after: int) -> _Look:
    with database.read() as session:
        run = service.find(session, run_id)
        view = service.view(session, run)
        stored: list[Event] = []
        final = 0
        if run.state not in (QUEUED, RUNNING):
            rows = queries.events_after(session, run_id, after)
            stored = [Event(row.sequence, row.type, row.data) for row in rows]
            # The last number of its last delivery: above all that was told, however it ended.
            final = (run.delivery + 1) * DELIVERY_STRIDE - 1
        return _Look(run.state, run.delivery, view, stored, final)


def _format(event: Event) -> str:
    return f"id: {event.sequence}\nevent: {event.type}\ndata: {json.dumps(event.data)}\n\n"
