"""Three kinds of host for a slot behind one contract: `docker`, `bubblewrap`, `process`.

A `Host` starts one of our two programs and hands out a `Channel` to it. It does not know what is
said over the channel; `sandbox.slot` and `sandbox.judge_client` do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from sandbox.channel import Channel

SlotKind = Literal["docker", "bubblewrap", "process"]
Program = Literal["zygote", "judge"]


@dataclass(frozen=True, slots=True)
class SlotLimits:
    """What one slot may take of the host, all jobs and the zygote together."""

    memory_mb: int = 2048
    pids: int = 256
    cpus: float = 2.0
    tmp_mb: int = 256
    shm_mb: int = 512
    device: str = "cpu"


class Host(Protocol):
    """Starts programs behind one kind of wall."""

    kind: SlotKind

    def start(self, program: Program, limits: SlotLimits) -> Channel:
        """A running program's channel; its first frame says that it is ready.

        Raises `SlotUnavailable` with a sentence that says what is missing on this host.
        """
        ...

    def close(self) -> None:
        """Let go of what this object itself holds; running programs end with their channels."""
        ...
