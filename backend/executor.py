"""Lease, judge, record: the threads that turn queued runs into verdicts.

One thread a slot. Pages are served while slots still warm up; runs that come meanwhile wait.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import count, repeat
from typing import Any

import structlog

from backend.answers import Expectations, judge_answers
from backend.bank import ANSWER_KINDS, CODE_KINDS, Bank, Question
from backend.clock import Clock
from backend.queue.contract import Queue
from backend.queue.lease import MODES, Ending, Lease
from backend.queue.member import NameTaken
from backend.slots import OpenSandbox, SandboxLike, SlotStatus, ready
from backend.trouble import Trouble
from sandbox.errors import OurFailure
from sandbox.verdict import Mode

log = structlog.get_logger(__name__)

IDLE_SECONDS = 5.0
# Between a verdict and what may be done ahead: the verdict is on its way out then, and working
# beside it in the same interpreter was measured to keep it back for ten milliseconds.
PAUSE_SECONDS = 0.02
REOPEN_SECONDS = 15.0
# What threads get to come to their end once all is closed and given back.
SETTLE_SECONDS = 0.3
REJOIN_SECONDS = 2.0
# How long an executor with other questions than the service leaves the queue to others.
OUTDATED_SECONDS = 30.0
BEATS = 10  # signs of life in the time of a lease
# With a single slot, which cannot be kept for Submits, every so many-th look is for one of them.
SUBMIT_EVERY = 4

Look = tuple[tuple[str, ...], ...]
"""Modes, of which the run that is next is taken; where none waits, those after them."""
ANY: Look = (MODES,)
SUBMIT: Look = (("submit",),)

UNEXPECTED = (
    "Something broke on our side while your code was judged. That is our failure, not your "
    "code's, and it counts for nothing. Send it again."
)


class Executor:
    """`start` once, `stop` once; `status` at any time, from any thread."""

    def __init__(
        self,
        queue: Queue,
        bank: Bank,
        open_sandbox: OpenSandbox,
        slots: int,
        lease_seconds: float,
        clock: Clock,
        *,
        same_bank: bool = True,
        on_alive: Callable[[], None] = lambda: None,
        on_trouble: Callable[[Exception], None] = lambda error: None,
        on_replaced: Callable[[str], None] = lambda problem: None,
    ) -> None:
        """`same_bank`: who put the runs has these very questions. `on_alive` is told whenever the
        queue has heard of us, `on_trouble` why it has not, `on_replaced` why it will not again."""
        self._queue = queue
        self._bank = bank
        self._open_sandbox = open_sandbox
        self._slots = slots
        # A network that is away for most of a lease must not cost it.
        self._beat_every = lease_seconds / BEATS
        self._clock = clock
        self._same_bank = same_bank
        self._on_alive = on_alive
        self._on_trouble = on_trouble
        self._on_replaced = on_replaced
        self._trouble = Trouble()
        self._expectations = Expectations()
        self._leases: set[Lease] = set()
        self._stopping = threading.Event()
        self._joined = threading.Event()
        self._beat_now = threading.Event()
        self._outdated_until = 0.0
        self._resources = ExitStack()
        self._threads: list[threading.Thread] = []
        self._status = SlotStatus("starting", slots=slots)
        self._on_status: Callable[[SlotStatus], None] | None = None

    @property
    def status(self) -> SlotStatus:
        return self._status

    def watch(self, on_status: Callable[[SlotStatus], None]) -> None:
        """Be told of every change of `status`, from whichever thread changes it."""
        self._on_status = on_status

    def start(self) -> None:
        """Take over what a dead process left, and begin to warm the slots."""
        self._start_thread(self._stay, "stay-member")
        self._start_thread(self._open, "open-sandbox")

    def stop(self, seconds: float) -> None:
        """Give back what is being worked on, then close the sandbox, waiting `seconds` at most."""
        self._stopping.set()
        self._joined.set()  # nobody waits for it any more
        self._beat_now.set()
        self._set_status(replace(self._status, state="stopped"))
        self._queue.wake()
        deadline = time.monotonic() + seconds
        closer = self._start_thread(self._resources.close, "close-sandbox")
        # What is under way is judged after the restart, or by another. On a thread, for a database
        # that is away must not keep us here.
        leaver = self._start_thread(self._queue.leave, "leave")
        for thread in (closer, leaver):
            thread.join(max(0.0, deadline - time.monotonic()))
        # One that waits for a slot may wait for ever, now that the slot is gone.
        deadline = min(deadline, time.monotonic() + SETTLE_SECONDS)
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
        self._beat_now.set()
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
            self._set_status(SlotStatus("failed", problem=problem, slots=self._slots))
            self._stopping.wait(REOPEN_SECONDS)
        if self._stopping.is_set():
            self._resources.close()
            return
        self._set_status(ready(sandbox, self._slots))
        log.debug("slots are ready", kind=sandbox.kind, slots=self._slots, torch=sandbox.torch)
        for number in range(self._slots):
            looks = _looks(number, self._slots)
            self._start_thread(partial(self._work, sandbox, looks), f"executor-{number}")

    def _stay(self) -> None:
        """Join, then say again and again that we live and what we work on."""
        while not self._stopping.is_set():
            try:
                if not self._joined.is_set():
                    self._queue.join(self._clock())
                    self._joined.set()
                self._beat_now.clear()
                status = self._status.to_json()
                # Whether to take no more is the queue's to see to: it hands out none then.
                self._queue.beat(status, self._leases.copy(), self._clock())
                self._trouble.over()
                self._on_alive()
            except NameTaken as error:
                log.error("another executor has this one's place", problem=str(error))
                self._set_status(SlotStatus("failed", problem=str(error), slots=self._slots))
                self._on_replaced(str(error))
                return
            except Exception as error:
                self._trouble.log(log, "no sign of life could be given", error)
                self._on_trouble(error)
                self._stopping.wait(REJOIN_SECONDS)
            else:
                self._beat_now.wait(self._beat_every)

    def _work(self, sandbox: SandboxLike, looks: Iterator[Look]) -> None:
        self._joined.wait()
        trouble = Trouble()
        last: Lease | None = None
        while not self._stopping.is_set():
            seen = self._queue.news
            try:
                lease = self._claim(next(looks))
                trouble.over()
                if lease is not None and self._stopping.is_set():
                    self._queue.give_back([lease])  # `leave` may have looked before it was ours
                elif lease is not None:
                    self._handle(sandbox, lease)
                    last = lease
                elif last is None:
                    self._queue.wait(seen, IDLE_SECONDS)
                elif not self._queue.wait(seen, PAUSE_SECONDS):
                    # Nobody waits: the next run is most likely of the same question.
                    self._prepare_ahead(sandbox, last)
                    last = None
            except Exception as error:
                if self._stopping.is_set():
                    return
                # The run stays leased; the sweep hands it out again.
                trouble.log(log, "a run could not be taken or recorded", error)
                self._stopping.wait(1.0)

    def _claim(self, look: Look) -> Lease | None:
        if time.monotonic() < self._outdated_until:
            return None
        claims = (self._queue.claim(self._clock(), modes) for modes in look)
        lease = next((lease for lease in claims if lease is not None), None)
        if lease is None:
            self._keep_nothing_back()
        return lease

    def _handle(self, sandbox: SandboxLike, lease: Lease) -> None:
        self._leases.add(lease)
        try:
            question = self._bank.get(lease.question)
            if not self._same_bank and not _is_same(question, lease):
                self._leave_to_others(lease)
                return
            self._keep_nothing_back()
            with self._queue.story(lease) as story:
                tell = partial(self._queue.tell, story)
                tell("state", {"state": "running", "position": None, "losses": lease.losses})
                ending = self._judge(sandbox, question, lease, tell)
                if self._stopping.is_set():
                    return
                if not self._queue.end(story, ending, self._clock()):
                    log.warning("a result came after its lease had run out", run=lease.run_id)
        finally:
            self._leases.discard(lease)

    def _leave_to_others(self, lease: Lease) -> None:
        self._outdated_until = time.monotonic() + OUTDATED_SECONDS
        self._queue.give_back([lease])
        log.error("this executor's questions differ from the service's", question=lease.question)
        self._set_status(
            replace(
                self._status,
                problem=f'Its question "{lease.question}" is not the one that the service has: '
                "bring both to the same version.",
            )
        )

    def _keep_nothing_back(self) -> None:
        """The run next in line is one that can be judged here, or there is none."""
        if self._status.state == "ready" and self._status.problem is not None:
            self._set_status(replace(self._status, problem=None))

    def _prepare_ahead(self, sandbox: SandboxLike, lease: Lease) -> None:
        question = self._bank.get(lease.question)
        if question is not None and question.kind in CODE_KINDS:
            try:
                sandbox.prepare_ahead(question.folder, _mode(lease))
            except OurFailure as error:
                # Nobody is waiting for it; where it matters, the next run will say so.
                log.warning("inputs could not be prepared", problem=str(error))

    def _judge(
        self,
        sandbox: SandboxLike,
        question: Question | None,
        lease: Lease,
        tell: Callable[[str, dict[str, Any]], None],
    ) -> Ending:
        if question is None:
            return Ending(
                None,
                f'The question "{lease.question}" has left the bank since you sent this, so it '
                "cannot be judged. That is our failure, not your code's.",
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
            return Ending(None, _ours(str(error)))
        except Exception as error:
            log.error("a run could not be judged", run=lease.run_id, exc_info=error)
            return Ending(None, UNEXPECTED)
        return Ending(data)


def _looks(number: int, slots: int) -> Iterator[Look]:
    """What a slot looks for, time after time. The first of several is kept for Submits, so that no
    flood of Runs keeps them waiting; the others take Runs before Submits."""
    if slots == 1:
        return (ANY if turn % SUBMIT_EVERY else SUBMIT + ANY for turn in count(1))
    return repeat(SUBMIT if number == 0 else ANY)


def _is_same(question: Question | None, lease: Lease) -> bool:
    return question is not None and lease.question_digest in (None, question.digest)


def _mode(lease: Lease) -> Mode:
    return "run" if lease.mode == "run" else "submit"


def _ours(message: str) -> str:
    sentence = message.strip().rstrip(".")
    return (
        f"We could not judge this run: {sentence}. That is our failure, not your code's, and it "
        "counts for nothing. Send it again."
    )
