"""Between the executor's stream and the child's pipes, for one job: splices, caps, clocks.

A stage's clock starts when the stage before it has been answered in full (the first one's: when the
job starts; one behind a GATE: when the gate opens) and stops when its own answer has left this
process in full. The child has no say in it: an answer announced but not sent leaves the clock
running.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable
from typing import Any, Protocol

from sandbox import protocol
from sandbox.image import cgroup
from sandbox.protocol import HEADER, Kind

PIPE_BYTES = 1 << 20
# A process that ends closes its pipes first and can be reaped some milliseconds later, on a busy
# machine many.
LAST_BREATH = 1.0
_F_SETPIPE_SZ = 1031
# How long an answer may wait for company. Each piece that leaves wakes four more processes.
TOGETHER_SECONDS = 0.003
_streams = {"in": 0}


class ChildPipes(Protocol):
    """What the relay knows of a child."""

    pid: int
    source: int
    out: int
    err: int
    result: int
    ended: tuple[int, Any] | None


def take_standard_streams() -> None:
    """Keep fds 0 and 1 for frames alone; whatever else prints goes to stderr."""
    _streams["in"] = os.dup(0)
    _outbox.open(os.dup(1))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    widen(_streams["in"])


def widen(*pipes: int) -> None:
    """Let the pipes hold a megabyte, where the kernel allows it."""
    for fd in pipes:
        with contextlib.suppress(OSError):
            fcntl.fcntl(fd, _F_SETPIPE_SZ, PIPE_BYTES)


def read_exactly(size: int) -> bytes:
    """Bytes of the executor's stream; EOFError where it ends."""
    data = bytearray(size)
    view = memoryview(data)
    while view:
        count = os.readv(_streams["in"], [view])
        if not count:
            raise EOFError("the executor is gone")
        view = view[count:]
    return bytes(data)


def next_header() -> tuple[Kind, int] | None:
    """The next frame's kind and length, or None at the end of the executor's stream."""
    try:
        return protocol.parse_header(read_exactly(HEADER.size))
    except EOFError:
        return None


def send(kind: Kind, value: object) -> None:
    """Send one JSON frame to the executor."""
    send_bytes(kind, protocol.dump_json(value))


def send_bytes(kind: Kind, payload: bytes) -> None:
    """Send one frame to the executor."""
    _outbox.put(protocol.frame(kind, payload))
    _outbox.flush()


class Outbox:
    """A pipe in which frames are put together before they leave in one piece.

    Every piece that leaves wakes the engine's own processes and the executor: an answer in three
    pieces took three times the processor time to arrive.
    """

    def open(self, target: int) -> None:
        """Send to the descriptor `target` from now on."""
        self._target = target
        self._since: float | None = None
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        widen(target, self._write)

    def put(self, data: bytes) -> None:
        """Add bytes of our own."""
        self._since = self._since or time.monotonic()
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._write, view) :]
            except BlockingIOError:
                self.flush()

    def is_due(self) -> bool:
        """Whether what is in it has waited long enough."""
        return self._since is not None and self.patience() <= 0

    def patience(self) -> float:
        """Seconds until something is due; a day where nothing is in it."""
        if self._since is None:
            return 86_400.0
        return self._since + TOGETHER_SECONDS - time.monotonic()

    def take(self, source: int, count: int) -> int:
        """Move up to `count` bytes from `source`, unread; 0 where it has none right now."""
        moved = _splice(source, self._write, count)
        if moved or not _available(source):
            return moved
        self.flush()
        return _splice(source, self._write, count)

    def take_all(self, source: int, count: int) -> None:
        """Move `count` bytes that are there; zeros for what somebody else has read meanwhile."""
        while count:
            moved = self.take(source, count)
            if not moved and not _available(source):
                self.put(bytes(count))
                return
            count -= moved

    def flush(self) -> None:
        """Let all of it leave, however long the executor takes to read it."""
        while _available(self._read):
            _splice(self._read, self._target, PIPE_BYTES)
        self._since = None


_outbox = Outbox()


class Relay:
    """One job. `run` returns why it ended; by then every byte owed to the executor is sent."""

    def __init__(
        self,
        child: ChildPipes,
        job: dict[str, Any],
        wakeup: int,
        reap: Callable[[Any], None],
    ) -> None:
        self.child = child
        self.seconds: list[float] = job["stages"]
        self.output_bytes: int = job["output_bytes"]
        self.output_left = self.output_bytes
        self.answer_bytes: int = job["answer_bytes"]
        self.measure: bool = job["measure"]
        self.wakeup = wakeup
        self.reap = reap
        self.answered = 0
        self.started = time.monotonic()
        self.feed_left = 0
        self.fed = False
        self.gate: int | None = None
        self.result_left: int | None = None
        self.hung_up_at: float | None = None
        self.open = {child.out: Kind.OUT, child.err: Kind.ERR}
        self.reason: str | None = None

    def run(self) -> dict[str, Any]:
        """Relay until the last stage is answered or the job is over for another reason."""
        while self.reason is None:
            self._turn()
            if _outbox.is_due():
                _outbox.flush()
        stage = min(self.answered, len(self.seconds) - 1)
        self._drain_output()
        self._finish_result()
        _outbox.flush()
        self._discard_feed()
        return {"reason": self.reason, "stage": stage}

    def _turn(self) -> None:
        poller = select.poll()
        if self.hung_up_at is None:
            poller.register(self.child.result, select.POLLIN)
        poller.register(self.wakeup, select.POLLIN)
        for fd in self.open if self.result_left is None else ():
            poller.register(fd, select.POLLIN)
        waits_for_child = self.feed_left > 0
        if waits_for_child:
            poller.register(self.child.source, select.POLLOUT)
        listens = not self.fed and self.gate is None
        poller.register(_streams["in"], select.POLLIN if listens else 0)
        left = min(self._deadline() - time.monotonic(), _outbox.patience())
        ready = dict(poller.poll(max(0, left * 1000) + 1))
        if ready.get(_streams["in"], 0) == select.POLLHUP:
            raise EOFError("the executor is gone")
        if self.wakeup in ready:
            self._child_exited()
        for fd in list(self.open):
            if fd in ready and self.reason is None:
                self._forward_output(fd)
        if self.child.result in ready and self.reason is None:
            self._forward_result()
        if self.reason is not None:
            return
        if self.feed_left:
            if ready.get(self.child.source, 0):
                self._feed()
        elif listens and _streams["in"] in ready:
            self._read_instruction()
            if self.feed_left:
                self._feed()
        if self.reason is None and time.monotonic() > self._deadline():
            # Without a pipe for its answer and still alive: there is nothing to wait for.
            self.reason = "timed_out" if self.hung_up_at is None else "garbage"

    def _deadline(self) -> float:
        stage = self.started + self.seconds[self.answered]
        return stage if self.hung_up_at is None else min(stage, self.hung_up_at + LAST_BREATH)

    def _child_exited(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self.wakeup, 512):
                continue
        self.reap(self.child)
        if self.child.ended is None:
            return
        # What it wrote before it ended is still in the pipes and still counts.
        least = HEADER.size if self.result_left is None else 1
        while self.reason is None and _available(self.child.result) >= least:
            self._forward_result()
            least = HEADER.size if self.result_left is None else 1
        if self.reason is None:
            self.reason = "ended"

    def _read_instruction(self) -> None:
        kind, length = protocol.parse_header(read_exactly(HEADER.size))
        if kind is Kind.FEED:
            self.feed_left = length
        elif kind is Kind.GATE:
            after = protocol.load_json(read_exactly(length))["after"]
            self.gate = after if self.answered < after else None
        elif kind is Kind.END:
            self.fed = True
        else:
            raise protocol.ProtocolError(f"{kind.name} in the middle of a job")

    def _feed(self) -> None:
        try:
            self.feed_left -= _splice(_streams["in"], self.child.source, self.feed_left)
        except BrokenPipeError:
            self._child_exited()
            if self.reason is None and self.child.ended is None:
                # Closed by the candidate, or about to exit: nobody will read the rest.
                self._skip(self.feed_left)
                self.feed_left = 0

    def _forward_output(self, fd: int) -> None:
        waiting = _available(fd)
        if not waiting:
            del self.open[fd]
            return
        count = min(waiting, self.output_left, 1 << 16)
        if count:
            _outbox.put(HEADER.pack(self.open[fd], count))
            _outbox.take_all(fd, count)
            self.output_left -= count
        if waiting > count and not self.output_left:
            self.reason = "output_limit"

    def _forward_result(self) -> None:
        if self.result_left is None:
            self._open_result()
        if self.result_left:
            moved = _outbox.take(self.child.result, self.result_left)
            if not moved and not _available(self.child.result):
                self._closed_result()
            self.result_left -= moved
        if self.result_left == 0:
            self.result_left = None
            self._answer()

    def _open_result(self) -> None:
        if _available(self.child.result) < HEADER.size:
            self._closed_result()
            return
        # What the candidate printed before its answer belongs before it.
        self._drain_output()
        if self.reason is not None:
            return
        try:
            # Less than was there a moment ago: where a child shares our uid it can read the pipe
            # as well.
            kind, length = protocol.parse_header(header := os.read(self.child.result, HEADER.size))
        except (protocol.ProtocolError, struct.error, BlockingIOError):
            self.reason = "garbage"
            return
        if kind is not Kind.RESULT:
            self.reason = "garbage"
        elif length > self.answer_bytes:
            self.reason = "answer_limit"
        else:
            _outbox.put(header)
            self.result_left = length

    def _closed_result(self) -> None:
        """Readable, yet nothing to be had: at its end, or a header that comes in pieces."""
        poller = select.poll()
        poller.register(self.child.result, select.POLLIN)
        if dict(poller.poll(0)).get(self.child.result, 0) & select.POLLHUP:
            self.hung_up_at = time.monotonic()
        else:
            time.sleep(0.001)

    def _answer(self) -> None:
        now = time.monotonic()
        report: dict[str, Any] = {"stage": self.answered, "seconds": now - self.started}
        if self.measure:
            report["peak_kb"] = cgroup.peak_kb(self.child.pid) or self._peak_of_the_dead()
        self.answered += 1
        self.output_left = self.output_bytes
        if self.gate is not None and self.answered >= self.gate:
            self.gate = None
            if self.measure:
                report["resident_kb"] = cgroup.reset_peak_kb(self.child.pid)
        _outbox.put(protocol.json_frame(Kind.STAGE, report))
        self.started = time.monotonic()
        if self.answered == len(self.seconds):
            self.reason = "done"

    def _peak_of_the_dead(self) -> int:
        """In KiB, of a child that has ended on its answer: it comes with its wait status."""
        patience = time.monotonic() + LAST_BREATH
        while self.child.ended is None and time.monotonic() < patience:
            self.reap(self.child)
            time.sleep(0.0002)
        return 0 if self.child.ended is None else int(self.child.ended[1].ru_maxrss)

    def _drain_output(self) -> None:
        for fd in list(self.open):
            while fd in self.open and self.output_left and _available(fd):
                self._forward_output(fd)

    def _finish_result(self) -> None:
        """An answer that broke off was promised to the executor: keep the promise with zeros."""
        while self.result_left:
            part = bytes(min(self.result_left, 1 << 16))
            _outbox.put(part)
            self.result_left -= len(part)

    def _discard_feed(self) -> None:
        self._skip(self.feed_left)
        while not self.fed:
            kind, length = protocol.parse_header(read_exactly(HEADER.size))
            self._skip(length)
            self.fed = kind is Kind.END

    def _skip(self, count: int) -> None:
        with open(os.devnull, "wb") as nothing:
            while count:
                moved = _splice(_streams["in"], nothing.fileno(), count)
                if not moved:
                    raise EOFError("the executor is gone")
                count -= moved


def _available(fd: int) -> int:
    buffer = bytearray(4)
    fcntl.ioctl(fd, termios.FIONREAD, buffer)
    return int.from_bytes(buffer, sys.byteorder)


def _splice(source: int, target: int, count: int) -> int:
    """Move up to `count` bytes without reading them; 0 where nothing can move right now."""
    try:
        return os.splice(source, target, min(count, PIPE_BYTES))
    except BlockingIOError:
        return 0
    except OSError as error:
        if error.errno == errno.EINTR:
            return 0
        raise
