"""What the service knows of the sandbox: what it asks of it, and how its slots are."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from sandbox.verdict import Mode, Verdict

PROCESS_WARNING = (
    "Code runs here as an ordinary process of this machine: it is not isolated, and can do "
    "whatever the user who started Torchroom can do. Run only code that you trust. "
    "`torchroom doctor` says what to install for more."
)


class LayerLike(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def holds(self) -> bool: ...
    @property
    def detail(self) -> str: ...


class SandboxLike(Protocol):
    """What the executor needs of sandbox.judging.Sandbox."""

    @property
    def kind(self) -> str: ...
    @property
    def layers(self) -> Sequence[LayerLike]: ...
    @property
    def torch(self) -> str: ...

    def judge(
        self,
        question_dir: Path,
        source: str,
        mode: Mode = ...,
        on_event: Callable[[dict[str, Any]], None] = ...,
    ) -> Verdict: ...

    def prepare_ahead(self, question_dir: Path, mode: Mode = ...) -> None: ...


OpenSandbox = Callable[[], AbstractContextManager[SandboxLike]]
SlotState = Literal["starting", "ready", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class SlotStatus:
    """How the slots are. `problem` says why there is none, where `state` is failed."""

    state: SlotState
    sandbox: SandboxLike | None = None
    problem: str | None = None

    @property
    def warning(self) -> str | None:
        """What everybody who uses this service must be told, where there is such a thing."""
        if self.sandbox is not None and self.sandbox.kind == "process":
            return PROCESS_WARNING
        return None
