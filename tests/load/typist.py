"""Somebody who types in a room, as the room's page does: one edit under way at a time, put on top
of what others typed, sent again after a lost connection, never given up before it is acknowledged.
"""

import asyncio
import contextlib
import json
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from backend.room.changes import apply_all, length

SILENCE_SECONDS = 3.0
"""After so long without an answer a page takes its connection for dead."""


@dataclass
class Typed:
    """One edit: what is inserted, when it was to be sent, and what became of it."""

    token: str
    at: float
    sent: int = 0
    seq: int | None = None
    seconds: float = 0.0
    """From when it was typed until it was acknowledged."""


# Where in the text (counted in characters) a token goes.
Place = Callable[[str], int]


@dataclass
class Typist:
    address: str
    """http://host:port of the service, which is the origin of its pages."""
    room: str
    secret: str
    client: str
    document: str
    place: Place = field(default=lambda text: random.randint(0, len(text)))
    through: str = ""
    """Where to connect to, where that is something in between."""
    text: str = ""
    version: int = -1
    seq: int | None = None
    waiting: deque[Typed] = field(default_factory=deque)
    acknowledged: list[Typed] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    connections: int = 0
    others: list[dict[str, Any]] = field(default_factory=list)
    """Events that are no edits, as they came."""
    _number: int = 0
    _under_way: int | None = None
    _socket: ClientConnection | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _done: asyncio.Event = field(default_factory=asyncio.Event)

    def type(self, token: str) -> None:
        """From the keyboard: kept here until the server has it."""
        self.waiting.append(Typed(token, time.monotonic()))
        self._news.set()

    async def finish(self, seconds: float) -> None:
        """Wait until all that was typed is acknowledged."""
        async with asyncio.timeout(seconds):
            while self.waiting:
                self._done.clear()
                await self._done.wait()

    async def live(self) -> None:
        """Stay connected until cancelled."""
        while True:
            with contextlib.suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
                await self._connected()
            await asyncio.sleep(random.uniform(0.02, 0.1))

    async def command(self, kind: str, **body: Any) -> int:
        assert self._socket is not None
        self._number += 1
        message = {"type": "command", "id": self._number, "kind": kind, "body": body}
        await self._socket.send(json.dumps(message))
        return self._number

    async def _connected(self) -> None:
        there = (self.through or self.address).partition("://")[2]
        address = f"{self.address.replace('http', 'ws', 1)}/api/v1/rooms/{self.room}/socket"
        host, _, port = there.rpartition(":")
        async with connect(
            address,
            host=host,
            port=int(port),
            origin=self.address,
            compression=None,
            open_timeout=SILENCE_SECONDS,
            close_timeout=0.2,
            ping_interval=None,
            max_size=None,
        ) as socket:
            hello = {"type": "hello", "secret": self.secret, "client": self.client}
            await socket.send(json.dumps({**hello, "since": self.seq}))
            self._welcome(json.loads(await asyncio.wait_for(socket.recv(), SILENCE_SECONDS)))
            self._socket = socket
            self._under_way = None
            self.connections += 1
            sending = asyncio.create_task(self._send(socket))
            try:
                while True:
                    quiet = SILENCE_SECONDS if self.waiting else None
                    message = json.loads(await asyncio.wait_for(socket.recv(), quiet))
                    self._hear(message)
            finally:
                self._socket = None
                sending.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                    await sending

    def _welcome(self, message: dict[str, Any]) -> None:
        assert message["type"] == "welcome", message
        if "documents" in message:
            document = message["documents"].get(self.document)
            if document is not None:
                self.text, self.version = document["text"], document["version"]
            self.others += message["events"]
        else:
            self._take(message["events"])
        self.seq = message["seq"]

    async def _send(self, socket: ClientConnection) -> None:
        while True:
            if self.waiting and self._under_way is None and self.version >= 0:
                self._under_way = await self._edit(socket, self.waiting[0])
            self._news.clear()
            await self._news.wait()

    async def _edit(self, socket: ClientConnection, typed: Typed) -> int:
        typed.sent += 1
        place = self.place(self.text)
        before, after = length(self.text[:place]), length(self.text[place:])
        changes = [part for part in (before, [0, *typed.token.split("\n")], after) if part != 0]
        return await self.command(
            "edit",
            document=self.document,
            version=self.version,
            client=self.client,
            changes=[changes],
        )

    def _hear(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "events":
            self._take(message["events"])
        elif kind == "refused":
            self.refused.append(message)
            if message["id"] == self._under_way:
                assert message["code"] == "stale", message
                self._under_way = None
        self._news.set()

    def _take(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            # What was told before the connection broke may be told again.
            if self.seq is not None and event["seq"] <= self.seq:
                continue
            self.seq = event["seq"]
            body = event["body"]
            if event["kind"] == "opened" and body["document"] == self.document:
                self.text, self.version = body["text"], 0
            elif event["kind"] == "edit" and body["document"] == self.document:
                assert body["version"] == self.version, (body["version"], self.version)
                self.text = apply_all(self.text, body["changes"])
                self.version += len(body["changes"])
                if body["client"] == self.client:
                    self._acknowledge(event["seq"])
            else:
                self.others.append(event)

    def _acknowledge(self, seq: int) -> None:
        typed = self.waiting.popleft()
        typed.seq = seq
        typed.seconds = time.monotonic() - typed.at
        self.acknowledged.append(typed)
        self._under_way = None
        self._done.set()
