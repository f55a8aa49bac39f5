"""A bad network between a page and the service: a TCP proxy that cuts connections.

TCP repeats what a network loses, so an application never sees a lost packet; it sees a connection
that stalls and then breaks. So of all pieces that pass here, in either direction, a share is lost
together with everything after it: the connection stands still, and is then cut without any word
about whether the last piece has arrived.
"""

import asyncio
import contextlib
import random
from dataclasses import dataclass, field

STALL_SECONDS = 0.05


@dataclass
class LossyProxy:
    host: str
    port: int
    loss: float
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    passed: int = 0
    lost: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> str:
        """The address for the pages."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            there_reader, there_writer = await asyncio.open_connection(self.host, self.port)
        except OSError:
            writer.close()
            return
        ways = [
            asyncio.create_task(self._carry(reader, there_writer)),
            asyncio.create_task(self._carry(there_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._tasks.discard(task)
            for way in ways:
                way.cancel()
            for end in (writer, there_writer):
                with contextlib.suppress(Exception):
                    end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greeted = False
        while data := await reader.read(65536):
            # The handshake passes: what is tested is a connection that breaks while it is used.
            if greeted and self.dice.random() < self.loss:
                self.lost += 1
                await asyncio.sleep(STALL_SECONDS)
                return
            greeted = True
            self.passed += 1
            writer.write(data)
            await writer.drain()
