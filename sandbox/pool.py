"""Lends slots, keeps them warm, and destroys what is in doubt."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator

from sandbox.errors import OurFailure, SlotGone
from sandbox.slot import Slot

RESTART_SECONDS = 2.0
CLOSE_SECONDS = 10.0
WAKE_SECONDS = 0.5


class Pool:
    """`size` slots. A slot that fails to settle is closed, and another takes its place."""

    def __init__(
        self, start: Callable[[], Slot], size: int, jobs_per_slot: int = 2000, strict: bool = False
    ) -> None:
        self._start = start
        self._most_jobs = 1 if strict else jobs_per_slot
        self._idle: queue.LifoQueue[Slot] = queue.LifoQueue()
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._slots: list[Slot] = []
        self._workers: list[threading.Thread] = []
        self.size = size
        self.last_failure: str | None = None

    def open(self) -> None:
        """Start the first slot here, so that what is wrong is said at once; the others behind."""
        self._put(self._start())
        for _ in range(self.size - 1):
            self._work(self._start_one)

    @contextlib.contextmanager
    def lend(self, timeout: float = 120.0) -> Iterator[Slot]:
        """A free slot for one user. Raising `SlotGone` inside destroys it."""
        slot = self._take(timeout)
        try:
            yield slot
        except BaseException:
            self._replace(slot)
            raise
        if slot.jobs >= self._most_jobs:
            self._replace(slot)
        else:
            self._idle.put(slot)

    def ready(self) -> int:
        """How many slots are alive, lent or idle."""
        with self._lock:
            return len(self._slots)

    def close(self) -> None:
        """End every slot; wakes nobody who still waits for one."""
        self._closed.set()
        with self._lock:
            slots, self._slots = self._slots, []
        # All at once: a slot in the middle of a job takes a moment to end it.
        for slot in slots:
            self._work(slot.close)
        deadline = time.monotonic() + CLOSE_SECONDS
        for worker in self._workers:
            worker.join(max(0.0, deadline - time.monotonic()))

    def _take(self, timeout: float) -> Slot:
        deadline = time.monotonic() + timeout
        while True:
            if self._closed.is_set():
                raise OurFailure("the slots are being closed")
            left = deadline - time.monotonic()
            try:
                slot = self._idle.get(timeout=max(0.0, min(left, WAKE_SECONDS)))
            except queue.Empty:
                if left > 0:
                    continue
                why = f" ({self.last_failure})" if self.last_failure else ""
                raise OurFailure(f"no slot became free within {timeout:.0f} s{why}") from None
            try:
                slot.settle()
            except SlotGone as error:
                self.last_failure = str(error)
                self._replace(slot)
                continue
            return slot

    def _put(self, slot: Slot) -> None:
        with self._lock:
            if not self._closed.is_set():
                self._slots.append(slot)
                self._idle.put(slot)
                return
        slot.close()

    def _replace(self, slot: Slot) -> None:
        with self._lock:
            if slot in self._slots:
                self._slots.remove(slot)
        self._work(slot.close)
        self._work(self._start_one)

    def _work(self, action: Callable[[], None]) -> None:
        """Do it on a thread of its own, for which `close` waits."""
        worker = threading.Thread(target=action, daemon=True)
        self._workers = [known for known in self._workers if known.is_alive()] + [worker]
        worker.start()

    def _start_one(self) -> None:
        while not self._closed.is_set():
            try:
                self._put(self._start())
                return
            except Exception as error:  # or the pool would be one slot smaller for ever
                self.last_failure = str(error)
                self._closed.wait(RESTART_SECONDS)
