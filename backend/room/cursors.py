"""Where cursors came to rest, for pages at other replicas.

Cursors are logged now and then only, and what is not in the log is seen at this replica alone. So
the place at which one has stopped goes there as well, as soon as its turn comes.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from backend.room.events import Event
from backend.room.turn import CURSOR_SECONDS


def last_cursors(events: Iterable[Event]) -> dict[str, Event]:
    """Client -> the last of its cursors among these."""
    return {event.body["client"]: event for event in events if event.kind == "cursor"}


class LastCursors:
    """Used from the event loop only."""

    def __init__(self, keep: Callable[[Event], None]) -> None:
        """`keep` is called with each cursor that is to be logged after all."""
        self._keep = keep
        self._waiting: dict[str, Event] = {}
        self._timer: asyncio.TimerHandle | None = None

    def moved(
        self,
        cursors: Mapping[str, Event],
        appended: Iterable[Event],
        logged_at: Mapping[str, datetime],
    ) -> None:
        """What moved in a turn, what it appended, and when the cursor of each was logged last."""
        kept = last_cursors(appended)
        for client, cursor in cursors.items():
            if client in kept and kept[client].body == cursor.body:
                self._waiting.pop(client, None)
                continue
            self._waiting[client] = cursor
            if self._timer is None:
                past = (cursor.at - logged_at.get(client, cursor.at)).total_seconds()
                wait = min(max(0.0, CURSOR_SECONDS - past), CURSOR_SECONDS)
                self._timer = asyncio.get_running_loop().call_later(wait, self._keep_all)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _keep_all(self) -> None:
        self._timer = None
        waiting, self._waiting = self._waiting, {}
        for cursor in waiting.values():
            self._keep(cursor)
