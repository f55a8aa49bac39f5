"""One open page of a room: what it is still to be told, and how it is told to go."""

import asyncio
from collections import deque

from backend.room.events import Role

# What a page may leave unread before it is sent away; it comes back and catches up.
BACKLOG = 4 * 2**20

# Close codes of ours: 4000 and above are free to use.
BAD_HELLO = 4000
REPLACED = 4001
TOO_SLOW = 4002
TOO_MANY = 4003
FLOOD = 4029
NO_SUCH_ROOM = 4404
BROKEN = 1011
STOPPING = 1012


class Seat:
    """Filled from the event loop only; `next` is for the one task that writes to the socket."""

    def __init__(self, role: Role, client: str) -> None:
        self.role = role
        self.client = client
        self.farewell: tuple[int, str, str] | None = None
        """Close code, code for programs, sentence; None: it may stay."""
        self.is_in = False
        """Whether the log says that the page sits here."""
        self._messages: deque[str] = deque()
        self._size = 0
        self._rung = asyncio.Event()

    def send(self, message: str) -> None:
        if self.farewell is not None:
            return
        self._messages.append(message)
        self._size += len(message)
        if self._size > BACKLOG:
            self.too_slow()
        self._rung.set()

    def too_slow(self) -> None:
        self.clear()
        self.end(TOO_SLOW, "too-slow", "This page did not keep up; it may come again.")

    def end(self, close: int, code: str, detail: str) -> None:
        if self.farewell is None:
            self.farewell = (close, code, detail)
            self._rung.set()

    def clear(self) -> None:
        self._messages.clear()
        self._size = 0

    async def next(self) -> list[str]:
        """What came since; empty only once the seat has ended and all was given."""
        while not self._messages and self.farewell is None:
            await self._rung.wait()
            self._rung.clear()
        messages = list(self._messages)
        self.clear()
        return messages
