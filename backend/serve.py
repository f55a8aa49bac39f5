"""`torchroom serve`: the service in a process of its own, from migration to the last signal."""

import asyncio
import fcntl
import gc
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType

import uvicorn

from backend.app import create_app
from backend.dependencies import Parts
from backend.room.reading import message_limit
from backend.settings import Settings
from backend.slots import OpenSandbox, SlotStatus, opener, sentences

# What a stream or a request in flight gets before it is cut; with the sandbox's own time to
# close it stays below the three seconds within which a service manager may expect an end.
GRACE_SECONDS = 1
INTERRUPTED = 130

Say = Callable[[str], None]


class CannotServe(Exception):
    """The service must not, or cannot, start like this; the message says what to change."""


def serve(
    settings: Settings, say: Say, announce: Say, open_sandbox: OpenSandbox | None = None
) -> int:
    """Run until a signal comes. `announce` is given the address, `say` what a person may follow;
    `open_sandbox` opens other slots than those the settings ask for.

    Returns the exit code. Raises CannotServe, and sandbox.errors.OurFailure where slots that must
    be there before anybody is let in cannot be had.
    """
    # Services on one Postgres share it; two on one SQLite would take each other's runs for lost.
    with nullcontext() if settings.uses_postgres else _alone(settings):
        app = create_app(settings, open_sandbox or _opener(settings, say))
        parts: Parts = app.state.parts
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            lifespan="on",
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            # A page holds its connection over the time somebody thinks.
            timeout_keep_alive=75,
            proxy_headers=False,
            # An edit may hold a whole document; what is larger than any is cut at the frame.
            ws_max_size=2 * message_limit(settings.code_limit),
            # Edits are too short to be worth it.
            ws_per_message_deflate=False,
            ws_ping_interval=20.0,
            ws_ping_timeout=20.0,
        )
        server = _Server(config, parts, say, announce)
        server.run()
        return INTERRUPTED if server.signal == signal.SIGINT else 0


class _Server(uvicorn.Server):
    """Tells its address when it listens, and ends the open streams when it is told to stop."""

    def __init__(self, config: uvicorn.Config, parts: Parts, say: Say, announce: Say) -> None:
        super().__init__(config)
        self._parts = parts
        self._say = say
        self._announce = announce
        self._loop: asyncio.AbstractEventLoop | None = None
        self.signal: int | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._parts.slots.watch(self._say_slots)
        try:
            await super().startup(sockets)
        except SystemExit:
            raise CannotServe(
                f"Cannot listen at {_address(self.config.host, self.config.port)}: the address is "
                "taken, or not one of this machine. Choose another with --port or --host."
            ) from None
        if not self.should_exit:
            # What is there by now stays: going through it at every collection made the reading of
            # a long log (20,000 edits) take twice the time.
            gc.collect()
            gc.freeze()
            self._announce(self._people_come_by())
            self._say_ready(self._parts.slots.status)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not kept for uvicorn to raise again: how this process ends is `serve`'s to say.
        self.signal = sig
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True
        if self._loop is not None:
            # Not from here: a signal may come while this very thread holds the lock it needs.
            self._loop.call_soon_threadsafe(self._parts.live.stop)
            self._loop.call_soon_threadsafe(self._parts.rooms.stop)

    def _people_come_by(self) -> str:
        port = self.servers[0].sockets[0].getsockname()[1]
        return self._parts.settings.url or _address(self.config.host, port)

    def _say_slots(self, status: SlotStatus) -> None:
        for sentence in sentences(status):
            self._say(sentence)
        self._say_ready(status)

    def _say_ready(self, status: SlotStatus) -> None:
        """The address once more, below all that is said until everything is well."""
        if self.started and status.state == "ready":
            self._say(f"Torchroom is ready: {self._people_come_by()}")


def _opener(settings: Settings, say: Say) -> OpenSandbox:
    open_sandbox = opener(settings, say)
    if settings.executor == "elsewhere" or not settings.listens_beyond_loopback:
        return open_sandbox
    refusal = CannotServe(
        f"Refusing to listen at {settings.host}: slots here are plain processes, so whoever can "
        "reach the page could do anything to this machine. Stay with --host 127.0.0.1, or get "
        "docker or bubblewrap slots; `torchroom doctor` says how."
    )
    if settings.slot == "process":
        raise refusal
    # Which kind `auto` finds must be known before anybody is let in.
    opened = open_sandbox()
    sandbox = opened.__enter__()
    if sandbox.kind == "process":
        opened.__exit__(None, None, None)
        raise refusal
    return lambda: opened


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Two services on one data folder would take each other's runs for lost."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with (settings.data / "service.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotServe(
                f"Another Torchroom (process {lock.read().strip() or 'unknown'}) already uses "
                f"{settings.data}. Stop it, or name another folder with --data."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
