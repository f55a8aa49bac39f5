"""What runs tell while they go on, handed from executor threads to the streams that listen.

The rows are the truth: everything here is also in them once the run has ended. This only spares
a listener the wait until then. Executors in other processes tell nothing here; they write rows as
they go, and word of that stirs the channel.
"""

import asyncio
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from backend.queue.lease import Event


class Channel:
    """The events of one run so far. Only grows."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.ended = False
        self.stirs = 0
        """How often it was said that the rows hold something new, by who tells nothing here."""
        self.users = 0
        self.listeners: set[Listener] = set()


class Listener:
    """One stream's ear: `wait` returns when there may be something new."""

    def __init__(self, channel: Channel, loop: asyncio.AbstractEventLoop) -> None:
        self.channel = channel
        self._loop = loop
        self._rung = asyncio.Event()
        self._is_ringing = False

    def ring(self) -> None:
        """Wake the stream, from any thread; once is enough until it has heard."""
        # A loop that is closed has no stream left to wake.
        if not self._is_ringing and not self._loop.is_closed():
            self._is_ringing = True
            self._loop.call_soon_threadsafe(self._rung.set)

    async def wait(self, seconds: float) -> bool:
        """True where it was rung, False where `seconds` went by in silence."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        # In this order: what comes between the two rings once more, and nothing is slept through.
        self._rung.clear()
        self._is_ringing = False
        return True


class Live:
    """All channels in use: by the executor that fills one, or by streams that listen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._channels: dict[str, Channel] = {}
        self.stopping = False

    @contextmanager
    def channel(self, run_id: str) -> Iterator[Channel]:
        key = hashlib.sha256(run_id.encode(errors="replace")).hexdigest()
        with self._lock:
            channel = self._channels.setdefault(key, Channel())
            channel.users += 1
        try:
            yield channel
        finally:
            with self._lock:
                channel.users -= 1
                if channel.users == 0:
                    del self._channels[key]

    def publish(self, channel: Channel, event: Event) -> None:
        with self._lock:
            channel.events.append(event)
            listeners = list(channel.listeners)
        for listener in listeners:
            listener.ring()

    def end(self, channel: Channel) -> None:
        """Say that the run's row now holds how it ended."""
        with self._lock:
            channel.ended = True
            listeners = list(channel.listeners)
        for listener in listeners:
            listener.ring()

    def stir(self, run: str) -> None:
        """Somebody else (an executor elsewhere) has changed this run's rows. `run`: its id's hash,
        as Postgres calls it out to every role that listens."""
        with self._lock:
            channel = self._channels.get(run)
        if channel is not None:
            self._stir(channel)

    def stir_all(self) -> None:
        """The rows of any run may have changed: what was said of them was missed."""
        with self._lock:
            channels = list(self._channels.values())
        for channel in channels:
            self._stir(channel)

    def _stir(self, channel: Channel) -> None:
        with self._lock:
            channel.stirs += 1
            listeners = list(channel.listeners)
        for listener in listeners:
            listener.ring()

    @contextmanager
    def listen(self, run_id: str) -> Iterator[Listener]:
        """For a coroutine: its loop is the one that is rung."""
        with self.channel(run_id) as channel:
            listener = Listener(channel, asyncio.get_running_loop())
            with self._lock:
                channel.listeners.add(listener)
            try:
                yield listener
            finally:
                with self._lock:
                    channel.listeners.discard(listener)

    def stop(self) -> None:
        """End every stream: one that stays open would hold the server's shutdown."""
        self.stopping = True
        with self._lock:
            listeners = [one for channel in self._channels.values() for one in channel.listeners]
        for listener in listeners:
            listener.ring()
