"""A slot: one warm zygote behind a channel, one job at a time.

`play` runs a job and yields what happens; `settle` waits until the slot has cleaned up after it. A
`SlotGone` from either means that the slot is to be closed and never used again.

A zygote that somebody has taken over is believed nothing but values: frames out of turn, stages out
of order, more output or a larger answer than was asked for, a job without end are all `SlotGone`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from sandbox import protocol, text
from sandbox.channel import Channel
from sandbox.errors import SlotGone
from sandbox.protocol import Kind

START_SECONDS = 60.0
SETTLE_SECONDS = 15.0
# Beyond a stage's own limit: what the host may need to tell us about it.
PATIENCE = 10.0

Reason = Literal["done", "timed_out", "ended", "output_limit", "answer_limit", "garbage"]


@dataclass(frozen=True, slots=True)
class Job:
    """What the zygote has to do. `feed` holds frames for the child; a number is a gate: the frames
    after it wait until that many stages have been answered.
    """

    stages: list[float]
    feed: list[bytes | int]
    output_bytes: int
    answer_bytes: int = 32 * protocol.MIB
    measure: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """A piece of what the code printed; `stream` is "stdout" or "stderr"."""

    stream: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """One stage's answer, unread, with its wall time in seconds and, if measured, memory in KiB."""

    stage: int
    seconds: float
    payload: bytes
    peak_kb: int | None = None
    resident_kb: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """Why the job is over, at which stage, and what the kernel says of its process."""

    reason: Reason
    stage: int
    out_of_memory: bool = False
    signal: str | None = None
    exit: int | None = None
    cpu_seconds: float = 0.0
    peak_kb: float = 0.0


Event = Output | Answered | Ended
_OF_AN_END: dict[str, type] = {
    "out_of_memory": bool,
    "signal": str,
    "exit": int,
    "cpu_seconds": float,
    "peak_kb": float,
}


@dataclass(slots=True)
class Slot:
    """One zygote. `facts` is what it last said of itself when it was free."""

    channel: Channel
    kind: str
    device: str = "cpu"
    facts: dict[str, Any] = field(default_factory=dict)
    jobs: int = 0
    is_free: bool = False
    torch: str = ""

    def settle(self, timeout: float = SETTLE_SECONDS) -> None:
        """Wait until the slot is free. `SlotGone` where it is not clean afterwards."""
        deadline = time.monotonic() + timeout
        while not self.is_free:
            kind, payload = self.channel.receive(max(0.0, deadline - time.monotonic()))
            if kind is Kind.FREE:
                self.facts = _facts(payload)
                self.torch = text.clean(str(self.facts.get("torch", self.torch)), 100)
                self.is_free = True
        if self.facts.get("clean") is not True:
            left = text.clean(str(self.facts.get("left")), 500)
            raise SlotGone(f"the job left something behind: {left}")

    def play(self, job: Job) -> Iterator[Event]:
        """Run `job`; the last event is `Ended`. It is fine to stop listening before."""
        self.settle()
        self.is_free = False
        self.jobs += 1
        self.channel.send(_bytes_of(job))
        deadline = time.monotonic() + sum(job.stages) + PATIENCE
        patience = max(job.stages) + PATIENCE
        room = job.output_bytes * len(job.stages)
        payload: bytes | None = None
        stage = 0
        while True:
            kind, data = self.channel.receive(max(0.0, min(patience, deadline - time.monotonic())))
            match kind:
                case Kind.OUT | Kind.ERR if 0 < len(data) <= room:
                    room -= len(data)
                    yield Output("stdout" if kind is Kind.OUT else "stderr", data)
                case Kind.RESULT if payload is None and len(data) <= job.answer_bytes:
                    payload = data
                case Kind.STAGE if payload is not None and stage < len(job.stages):
                    yield _answered(_facts(data), stage, payload)
                    payload = None
                    stage += 1
                case Kind.ENDED:
                    yield _ended(_facts(data), stage, len(job.stages))
                    return
                case _:
                    raise SlotGone(f"the slot sent {kind.name} out of turn")

    def close(self) -> None:
        """End it and everything in it."""
        self.channel.close()


def _facts(data: bytes) -> dict[str, Any]:
    try:
        facts = protocol.load_json(data)
    except protocol.ProtocolError as error:
        raise SlotGone(f"the slot's own word is unreadable: {error}") from None
    if not isinstance(facts, dict):
        raise SlotGone("the slot's own word is not an object")
    return facts


def _answered(facts: dict[str, Any], stage: int, payload: bytes) -> Answered:
    match facts:
        case {"stage": int(number), "seconds": float(seconds)} if number == stage:
            peak, resident = facts.get("peak_kb"), facts.get("resident_kb")
            if seconds >= 0 and math.isfinite(seconds) and _is_size(peak) and _is_size(resident):
                return Answered(stage, seconds, payload, peak, resident)
    raise SlotGone(f"the slot reported a stage that cannot be: {str(facts)[:300]}")


def _ended(facts: dict[str, Any], stage: int, stages: int) -> Ended:
    is_known = set(facts) <= {"reason", "stage", *_OF_AN_END}
    is_typed = all(isinstance(facts.get(name, kind()), kind) for name, kind in _OF_AN_END.items())
    reason = facts.get("reason")
    is_possible = reason in get_args(Reason) and (reason == "done") is (stage == stages)
    if is_known and is_typed and is_possible and facts.get("stage") == min(stage, stages - 1):
        return Ended(**facts)
    raise SlotGone(f"the slot reported an end that cannot be: {str(facts)[:300]}")


def _is_size(value: Any) -> bool:
    return value is None or (type(value) is int and value >= 0)


def _bytes_of(job: Job) -> bytes:
    description = {
        "stages": job.stages,
        "output_bytes": job.output_bytes,
        "answer_bytes": job.answer_bytes,
        "measure": job.measure,
    }
    parts = [protocol.json_frame(Kind.JOB, description)]
    for item in job.feed:
        if isinstance(item, int):
            parts.append(protocol.json_frame(Kind.GATE, {"after": item}))
        else:
            parts.append(protocol.frame(Kind.FEED, item))
    parts.append(protocol.frame(Kind.END))
    return b"".join(parts)
