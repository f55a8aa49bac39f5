"""Lease, judge, record: the threads that turn queued runs into verdicts.

One thread a slot. Pages are served while slots still warm up; runs that come meanwhile wait.
"""

import json
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import structlog

from backend.answers import Expectations, judge_answers
from backend.bank import ANSWER_KINDS, CODE_KINDS, Bank
from backend.clock import Clock
from backend.queue.embedded import DELIVERY_STRIDE, EmbeddedQueue, Event, Lease
from backend.runs.live import Live
from backend.slots import OpenSandbox, SandboxLike, SlotStatus
from sandbox.errors import OurFailure
from sandbox.verdict import Mode

log = structlog.get_logger(__name__)

IDLE_SECONDS = 5.0
# Between a verdict and what may be done ahead: the verdict is on its way out then, and working
# beside it in the same interpreter was measured to keep it back for ten milliseconds.
PAUSE_SECONDS = 0.02
REOPEN_SECONDS = 15.0

UNEXPECTED = (
    "Something broke on our side while your code was judged. That is our failure, not your "
    "code's, and it counts for nothing. Send it again."
)


class Executor:
    """`start` once, `stop` once; `status` at any time, from any thread."""

    def __init__(
        self,
        queue: EmbeddedQueue,
        live: Live,
        bank: Bank,
        open_sandbox: OpenSandbox,
        slots: int,
        lease_seconds: float,
        clock: Clock,
    ) -> None:
        self._queue = queue
        self._live = live
        self._bank = bank
        self._open_sandbox = open_sandbox
        self._slots = slots
        self._keep_every = lease_seconds / 3
        self._clock = clock
        self._expectations = Expectations()
        self._leases: set[Lease] = set()
        self._stopping = threading.Event()
        self._resources = ExitStack()
        self._threads: list[threading.Thread] = []
        self._status = SlotStatus("starting")
        self._on_status: Callable[[SlotStatus], None] | None = None

    @property
    def status(self) -> SlotStatus:
        return self._status

    def watch(self, on_status: Callable[[SlotStatus], None]) -> None:
        """Be told of every change of `status`, from whichever thread changes it."""
        self._on_status = on_status

    def start(self) -> None:
        """Take over what a dead process left, and begin to warm the slots."""
        again = self._queue.recover(self._clock())
        if again:
            log.info("runs of the last process are queued again", runs=again)
        self._start_thread(self._open, "open-sandbox")
        self._start_thread(self._keep, "keep-leases")

    def stop(self, seconds: float) -> None:
        """Give back what is being worked on, then close the sandbox, waiting `seconds` at most."""
        self._stopping.set()
        self._set_status(SlotStatus("stopped"))
        self._queue.wake()
        # First the leases: from here on a result, or the failure that closing the sandbox under
        # a running judge brings about, is turned away, and the run is judged after the restart.
        self._queue.give_back(self._leases.copy())
        deadline = time.monotonic() + seconds
        closer = self._start_thread(self._resources.close, "close-sandbox")
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if closer.is_alive():
            log.warning("the sandbox did not close in time", seconds=seconds)

    def _start_thread(self, target: Callable[[], None], name: str) -> threading.Thread:
        # A daemon: one that hangs in a slot must not keep the process from ending.
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _set_status(self, status: SlotStatus) -> None:
        self._status = status
        if self._on_status is not None:
            self._on_status(status)

    def _open(self) -> None:
        while not self._stopping.is_set():
            try:
                sandbox = self._resources.enter_context(self._open_sandbox())
            except OurFailure as error:
                problem = str(error)
                log.error("no slot could be started", problem=problem)
            except Exception as error:
                problem = "The sandbox could not be started; the server's log says why."
                log.error("the sandbox could not be started", exc_info=error)
            else:
                break
            self._set_status(SlotStatus("failed", problem=problem))
            self._stopping.wait(REOPEN_SECONDS)
        if self._stopping.is_set():
            self._resources.close()
            return
        self._set_status(SlotStatus("ready", sandbox))
        log.info("slots are ready", kind=sandbox.kind, slots=self._slots, torch=sandbox.torch)
        for number in range(self._slots):
            self._start_thread(partial(self._work, sandbox), f"executor-{number}")

    def _keep(self) -> None:
        """Renew our leases, and pick up those that nobody renews."""
        while not self._stopping.wait(self._keep_every):
            try:
                self._queue.extend(self._leases.copy(), self._clock())
                self._queue.sweep(self._clock())
            except Exception as error:
                log.error("leases could not be renewed", exc_info=error)

    def _work(self, sandbox: SandboxLike) -> None:
        last: Lease | None = None
        while not self._stopping.is_set():
            seen = self._queue.news
            try:
                lease = self._queue.claim(self._clock())
                if lease is not None:
                    self._handle(sandbox, lease)
                    last = lease
                elif last is None:
                    self._queue.wait(seen, IDLE_SECONDS)
                elif not self._queue.wait(seen, PAUSE_SECONDS):
                    # Nobody waits: the next run is most likely of the same question.
                    self._prepare_ahead(sandbox, last)
                    last = None
            except Exception as error:
                # The run stays leased; the sweep hands it out again.
                log.error("a run could not be taken or recorded", exc_info=error)
                self._stopping.wait(1.0)

    def _handle(self, sandbox: SandboxLike, lease: Lease) -> None:
        self._leases.add(lease)
        try:
            with self._live.channel(lease.run_id) as channel:
                events: list[Event] = []

                def tell(kind: str, data: dict[str, Any]) -> None:
                    sequence = lease.delivery * DELIVERY_STRIDE + len(events) + 1
                    events.append(Event(sequence, kind, data))
                    self._live.publish(channel, events[-1])

                tell("state", {"state": "running", "position": None})
                verdict, failure = self._judge(sandbox, lease, tell)
                if self._stopping.is_set():
                    return
                now = self._clock()
                if verdict is not None:
                    ours = self._queue.finish(lease, verdict, events, now)
                else:
                    assert failure is not None
                    ours = self._queue.fail(lease, failure, events, now)
                if ours:
                    self._live.end(channel)
                else:
                    log.warning("a result came after its lease had run out", run=lease.run_id)
        finally:
            self._leases.discard(lease)

    def _prepare_ahead(self, sandbox: SandboxLike, lease: Lease) -> None:
        question = self._bank.get(lease.question)
        if question is not None and question.kind in CODE_KINDS:
            try:
                sandbox.prepare_ahead(question.folder, _mode(lease))
            except OurFailure as error:
                # Nobody is waiting for it; where it matters, the next run will say so.
                log.warning("inputs could not be prepared", problem=str(error))

    def _judge(
        self, sandbox: SandboxLike, lease: Lease, tell: Callable[[str, dict[str, Any]], None]
    ) -> tuple[dict[str, Any] | None, str | None]:
        """The verdict, or else the sentence that says how we failed."""
        question = self._bank.get(lease.question)
        if question is None:
            return None, (
                f'The question "{lease.question}" has left the bank since you sent this, so it '
                "cannot be judged. That is our failure, not your code's."
            )

        def on_event(event: dict[str, Any]) -> None:
            tell(event["type"], {key: event[key] for key in event if key != "type"})

        try:
            if question.kind in ANSWER_KINDS:
                verdict = judge_answers(sandbox, question, lease.code, self._expectations, on_event)
            else:
                verdict = sandbox.judge(
                    question.folder, lease.code, mode=_mode(lease), on_event=on_event
                )
            data = verdict.to_json()
            json.dumps(data, allow_nan=False)  # what no browser could read must not be stored
        except OurFailure as error:
            log.error("a run could not be judged", run=lease.run_id, problem=str(error))
            return None, _ours(str(error))
        except Exception as error:
            log.error("a run could not be judged", run=lease.run_id, exc_info=error)
            return None, UNEXPECTED
        return data, None


def _mode(lease: Lease) -> Mode:
    return "run" if lease.mode == "run" else "submit"


def _ours(message: str) -> str:
    sentence = message.strip().rstrip(".")
    return (
        f"We could not judge this run: {sentence}. That is our failure, not your code's, and it "
        "counts for nothing. Send it again."
    )
