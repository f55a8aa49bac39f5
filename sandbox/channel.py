"""Frames over a duplex byte stream to a program on the other side of the wall.

Nothing blocks for longer than the deadline it is given: what cannot be written yet waits in an
outbox, which is written while an answer is awaited, so two full pipes never wait for each other.
"""

from __future__ import annotations

import contextlib
import os
import select
import time
from collections import deque
from collections.abc import Callable

from sandbox.errors import SlotGone
from sandbox.protocol import HEADER, Kind, ProtocolError, parse_header

READ_BYTES = 1 << 18


class Channel:
    """One program's standard streams. Not thread-safe: one user at a time.

    `decode` turns the bytes that arrive into those that the program wrote (Docker multiplexes
    them); `stop` ends the program and `last_words` returns the end of what it wrote to stderr.
    """

    def __init__(
        self,
        read_fd: int,
        write_fd: int,
        stop: Callable[[], None],
        last_words: Callable[[], str],
        decode: Callable[[bytes], bytes] = bytes,
    ) -> None:
        self._read_fd, self._write_fd = read_fd, write_fd
        self._stop, self._last_words, self._decode = stop, last_words, decode
        self._outbox: deque[memoryview] = deque()
        self._inbox = bytearray()
        self._at = 0
        self.is_open = True
        for fd in (read_fd, write_fd):
            os.set_blocking(fd, False)

    def send(self, data: bytes) -> None:
        """Queue bytes and write as many as go at once."""
        self._outbox.append(memoryview(data))
        self._flush()

    def receive(self, timeout: float) -> tuple[Kind, bytes]:
        """The next frame. `SlotGone` when the stream ends, is garbled, or silent for too long."""
        deadline = time.monotonic() + timeout
        while True:
            found = self._take_frame()
            if found is not None:
                return found
            self._wait(deadline, timeout)

    def has_frame(self, within: float = 0.0) -> bool:
        """Whether a whole frame has arrived, or arrives `within` so many seconds."""
        deadline = time.monotonic() + within
        while self._frame_size() is None:
            if (left := deadline - time.monotonic()) <= 0:
                return False
            self._turn(left)
        return True

    def close(self) -> None:
        """End the program. Safe to call twice."""
        if not self.is_open:
            return
        self.is_open = False
        for fd in {self._read_fd, self._write_fd}:
            with contextlib.suppress(OSError):
                os.close(fd)
        self._stop()

    def _frame_size(self) -> int | None:
        if len(self._inbox) - self._at < HEADER.size:
            return None
        try:
            _, length = parse_header(bytes(self._inbox[self._at : self._at + HEADER.size]))
        except ProtocolError as error:
            raise self._gone(str(error)) from None
        whole = HEADER.size + length
        return whole if len(self._inbox) - self._at >= whole else None

    def _take_frame(self) -> tuple[Kind, bytes] | None:
        size = self._frame_size()
        if size is None:
            return None
        start, end = self._at + HEADER.size, self._at + size
        kind, payload = Kind(self._inbox[self._at]), bytes(self._inbox[start:end])
        self._at = end
        if self._at == len(self._inbox):
            self._inbox.clear()
            self._at = 0
        elif self._at > 8 * READ_BYTES:
            del self._inbox[: self._at]
            self._at = 0
        return kind, payload

    def _wait(self, deadline: float, timeout: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise self._gone(f"no answer within {timeout:.0f} s")
        self._turn(left)

    def _turn(self, seconds: float) -> None:
        """Write and read what can be, waiting `seconds` for it at most."""
        poller = select.poll()
        poller.register(self._read_fd, select.POLLIN)
        if self._outbox:
            wanted = select.POLLOUT | (select.POLLIN if self._read_fd == self._write_fd else 0)
            poller.register(self._write_fd, wanted)
        poller.poll(seconds * 1000 + 1)
        self._flush()
        self._read()

    def _read(self) -> None:
        while self.is_open:
            try:
                data = os.read(self._read_fd, READ_BYTES)
            except BlockingIOError:
                return
            except OSError as error:
                raise self._gone(str(error)) from None
            if not data:
                raise self._gone("its stream ended")
            self._inbox += self._decode(data)
            if len(data) < READ_BYTES:
                return

    def _flush(self) -> None:
        while self._outbox and self.is_open:
            first = self._outbox[0]
            try:
                written = os.write(self._write_fd, first)
            except BlockingIOError:
                return
            except OSError as error:
                # Its last frames may still be readable; the reader learns of the end from there.
                self._outbox.clear()
                if error.errno not in (32, 104):
                    raise self._gone(str(error)) from None
                return
            if written == len(first):
                self._outbox.popleft()
            else:
                self._outbox[0] = first[written:]

    def _gone(self, why: str) -> SlotGone:
        with contextlib.suppress(Exception):
            words = self._last_words().strip()
            why = f"{why}; last words: {words[-500:]}" if words else why
        return SlotGone(why)
