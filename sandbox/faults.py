"""Named faults: hosts whose slots are slow, silent, short-lived or dishonest. For tests.

Each takes the place of a host. Its first `faulty` slots have the fault, later ones and the judge
come from the host that it wraps. A faulty slot is a thread that speaks the zygote's part; it passes
the self-test, for a slot that fails it is never lent.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox import protocol
from sandbox.channel import Channel
from sandbox.protocol import HEADER, Kind
from sandbox.slots import Host, Program, SlotKind, SlotLimits


@dataclass(slots=True)
class Received:
    """A job as the zygote gets it: its description, and what is for the child."""

    job: dict[str, Any]
    feed: list[bytes]

    @property
    def setup(self) -> dict[str, Any]:
        """The player's set-up, the first frame for the child."""
        setup: dict[str, Any] = protocol.load_json(self.feed[0][HEADER.size :])
        return setup


Part = Callable[[Received], bytes]


@dataclass
class SlowSlot:
    """A slot takes `seconds` longer to start."""

    host: Host
    seconds: float

    @property
    def kind(self) -> SlotKind:
        """That of the host."""
        return self.host.kind

    def start(self, program: Program, limits: SlotLimits) -> Channel:
        """Wait, then start."""
        if program == "zygote":
            time.sleep(self.seconds)
        return self.host.start(program, limits)

    def close(self) -> None:
        """Let go of the host."""
        self.host.close()


@dataclass
class LyingSlot:
    """A slot sends whatever `part` makes of the job, then ends its stream."""

    host: Host
    part: Part
    faulty: int = 1 << 30
    stays: bool = False
    started: int = 0
    _open: list[socket.socket] = field(default_factory=list)

    @property
    def kind(self) -> SlotKind:
        """That of the host."""
        return self.host.kind

    def start(self, program: Program, limits: SlotLimits) -> Channel:
        """A channel to a thread, or to the host's own program."""
        if program != "zygote":
            return self.host.start(program, limits)
        self.started += 1
        if self.started > self.faulty:
            return self.host.start(program, limits)
        ours, theirs = socket.socketpair()
        self._open.append(theirs)
        threading.Thread(target=self._speak, args=(theirs,), daemon=True).start()
        fd = os.dup(ours.fileno())
        ours.close()
        return Channel(fd, fd, theirs.close, lambda: "")

    def close(self) -> None:
        """End all threads and let go of the host."""
        for stream in self._open:
            with contextlib.suppress(OSError):
                stream.shutdown(socket.SHUT_RDWR)
        self.host.close()

    def _speak(self, stream: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError), stream:
            stream.sendall(free())
            stream.sendall(honest_self_test(receive_job(stream)) + free())
            stream.sendall(self.part(receive_job(stream)))
            while self.stays and stream.recv(1 << 16):
                continue


class BadSlot(LyingSlot):
    """A slot's stream ends in the middle of its first job."""

    def __init__(self, host: Host, faulty: int = 1 << 30) -> None:
        super().__init__(host, lambda _: answered(0, {"status": "ok"})[:-3], faulty)


class NeverSlot(LyingSlot):
    """A slot takes a job and is never heard of again."""

    def __init__(self, host: Host, faulty: int = 1 << 30) -> None:
        super().__init__(host, lambda _: b"", faulty, stays=True)


def honest_self_test(received: Received) -> bytes:
    """What a sound zygote answers to the self-test."""
    first = answered(0, {"status": "ok"})
    return first + answered(1, {"status": "ok", "layers": {}}) + ended("done", 1)


def answered(stage: int, report: object, *blobs: bytes, seconds: object = 0.001) -> bytes:
    """A stage's answer as the zygote passes it on."""
    result = protocol.frame(Kind.RESULT, protocol.pack(report, *blobs))
    return result + protocol.json_frame(Kind.STAGE, {"stage": stage, "seconds": seconds})


def ended(reason: str, stage: int, **more: object) -> bytes:
    """The zygote's word that a job is over."""
    return protocol.json_frame(Kind.ENDED, {"reason": reason, "stage": stage, **more})


def free() -> bytes:
    """The zygote's word that it is ready for a job."""
    facts = {"clean": True, "left": [], "jobs": 0, "threads": 1, "torch": "none"}
    return protocol.json_frame(Kind.FREE, facts)


def receive_job(stream: socket.socket) -> Received:
    """Everything that the executor sends for one job."""
    job: dict[str, Any] = {}
    feed: list[bytes] = []
    while True:
        kind, payload = protocol.read_frame(lambda size: _exactly(stream, size))
        if kind is Kind.JOB:
            job = protocol.load_json(payload)
        elif kind is Kind.FEED:
            feed.append(payload)
        elif kind is Kind.END:
            return Received(job, feed)


def _exactly(stream: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = stream.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return bytes(data)
