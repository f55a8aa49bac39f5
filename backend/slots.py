"""What the service knows of the sandbox: what it asks of it, and how its slots are."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from backend.settings import Settings
from sandbox.verdict import Mode, Verdict

PROCESS_WARNING = (
    "Code runs here as an ordinary process of this machine: it is not isolated, and can do "
    "whatever the user who started Torchroom can do. Run only code that you trust. "
    "`torchroom doctor` says what to install for more."
)

# Of one text that an executor elsewhere says of itself.
MOST_TOLD = 1000


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
SlotState = Literal["starting", "ready", "failed", "stopped", "away"]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of isolation, and whether it was found to hold."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True)
class SlotStatus:
    """How the slots are. `problem` says why none judges, where `state` is failed or away (no
    executor is connected: what is sent waits for one)."""

    state: SlotState
    kind: str = ""
    torch: str | None = None
    layers: tuple[Layer, ...] = ()
    problem: str | None = None
    slots: int = 0
    executors: int | None = None
    """How many judge for this service; None where it does so by itself."""

    @property
    def warning(self) -> str | None:
        """What everybody who uses this service must be told, where there is such a thing."""
        return PROCESS_WARNING if self.kind == "process" else None

    def to_json(self) -> dict[str, Any]:
        """What an executor says of itself; `read_status` reads it."""
        about = asdict(self)
        return {name: about[name] for name in ("state", "kind", "torch", "layers", "problem")}


# Of what is ready the least is said: nobody knows in which of them code will run.
WEAKEST_FIRST = ("process", "bubblewrap", "docker")
UNREADABLE = "It says nothing of its slots that this version understands."


def read_status(about: dict[str, Any], slots: int) -> SlotStatus:
    """What an executor says of itself, who need not be of this version, nor mean well: what cannot
    be understood is not believed."""
    state = about.get("state")
    if state not in ("starting", "ready", "failed", "stopped"):
        return SlotStatus("failed", problem=UNREADABLE, slots=slots)
    kind = _text(about.get("kind")) or ""
    if state == "ready" and kind not in WEAKEST_FIRST:
        kind = WEAKEST_FIRST[0]
    told = about.get("layers")
    layers = [_layer(one) for one in told] if isinstance(told, list) else []
    return SlotStatus(
        state,
        kind,
        _text(about.get("torch")),
        tuple(layer for layer in layers if layer is not None),
        _text(about.get("problem")),
        slots,
    )


def _layer(told: Any) -> Layer | None:
    if not isinstance(told, dict):
        return None
    name, detail = _text(told.get("name")), _text(told.get("detail"))
    return Layer(name, told.get("holds") is True, detail or "") if name else None


def _text(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    # In a terminal a control character is a command.
    return "".join(one if one.isprintable() else " " for one in value[:MOST_TOLD])


def ready(sandbox: SandboxLike, slots: int) -> SlotStatus:
    layers = tuple(Layer(one.name, one.holds, one.detail) for one in sandbox.layers)
    return SlotStatus("ready", sandbox.kind, sandbox.torch, layers, None, slots)


def sentences(status: SlotStatus) -> list[str]:
    """What a person at the terminal is told of it."""
    if status.state == "ready":
        holding = sum(layer.holds for layer in status.layers)
        by = "" if status.executors is None else f" ({_executors(status.executors)})"
        told = (
            f"Slots are ready: {status.slots} × {status.kind}{by}, torch {status.torch}, {holding} "
            f"of {len(status.layers)} layers of isolation hold."
        )
        return [told, status.warning] if status.warning else [told]
    if status.state == "failed":
        return [f"No slot could be started: {status.problem} It will be tried again."]
    return [status.problem] if status.state == "away" and status.problem else []


def _executors(number: int) -> str:
    return f"{number} executor" if number == 1 else f"{number} executors"


class HasStatus(Protocol):
    """Whoever knows how the slots are: the executor in this process, or the fleet's register."""

    @property
    def status(self) -> SlotStatus: ...

    def watch(self, on_status: Callable[[SlotStatus], None]) -> None:
        """Be told of every change of `status`, from whichever thread changes it."""
        ...


def opener(settings: Settings, say: Callable[[str], None]) -> OpenSandbox:
    """How slots are opened as the settings want them."""

    def open_sandbox() -> AbstractContextManager[SandboxLike]:
        # Here, because a service whose executors are elsewhere needs none of it.
        from sandbox.judging import Sandbox
        from sandbox.slots import SlotLimits

        return Sandbox.open(
            kind=settings.slot,
            slots=settings.slots,
            strict=settings.fresh_slots,
            limits=SlotLimits(memory_mb=settings.slot_memory_mb, device=settings.device),
            progress=say,
        )

    return open_sandbox
