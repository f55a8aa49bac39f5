"""A slot: one warm zygote behind a channel, one job at a time.

`play` runs a job and yields what happens; `settle` waits until the slot has cleaned up after it. A
`SlotGone` from either means that the slot is to be closed and never used again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox import protocol
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
        while not self.is_free:
            kind, payload = self.channel.receive(timeout)
            if kind is Kind.FREE:
                self.facts = protocol.load_json(payload)
                self.torch = self.facts.get("torch", self.torch)
                self.is_free = True
        if not self.facts["clean"]:
            raise SlotGone(f"the job left something behind: {self.facts['left']}")

    def play(self, job: Job) -> Iterator[Event]:
        """Run `job`; the last event is `Ended`. It is fine to stop listening before."""
        self.settle()
        self.is_free = False
        self.jobs += 1
        self.channel.send(_bytes_of(job))
        payload: bytes | None = None
        while True:
            kind, data = self.channel.receive(max(job.stages) + PATIENCE)
            match kind:
                case Kind.OUT | Kind.ERR:
                    yield Output("stdout" if kind is Kind.OUT else "stderr", data)
                case Kind.RESULT:
                    payload = data
                case Kind.STAGE if payload is not None:
                    yield Answered(**protocol.load_json(data), payload=payload)
                    payload = None
                case Kind.ENDED:
                    yield Ended(**protocol.load_json(data))
                    return
                case _:
                    raise SlotGone(f"the slot sent {kind.name} out of turn")

    def close(self) -> None:
        """End it and everything in it."""
        self.channel.close()


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
