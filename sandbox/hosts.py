"""Which kinds of slot this host can have, best first, and how to start one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox import protocol
from sandbox.errors import SlotGone, SlotUnavailable
from sandbox.protocol import Kind
from sandbox.slot import Answered, Ended, Job, Slot
from sandbox.slots import Host, SlotKind, SlotLimits

KINDS: tuple[SlotKind, ...] = ("docker", "bubblewrap", "process")
SELFTEST_SECONDS = 20.0

_WALLS = frozenset(
    (
        *("own process ids", "own network", "no network sockets", "no engine socket"),
        *("no capabilities", "no new privileges", "system call filter"),
        *("no tracing", "no namespaces", "no io_uring", "no keyrings", "no lasting objects"),
        *("memory unreadable", "zygote unreadable", "zygote not signalled"),
        *("no stray descriptors", "clean environment"),
        *("read-only root", "few writable places", "limited scratch space"),
        *("memory limit", "process limit"),
    )
)
# Without any one of these a slot of this kind is not lent. A user's bubblewrap has no second uid to
# give, and a process slot promises nothing.
REQUIRED: dict[SlotKind, frozenset[str]] = {
    "docker": _WALLS | {"own uid"},
    "bubblewrap": _WALLS,
    "process": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of isolation, tried from the candidate's place."""

    name: str
    holds: bool
    detail: str


def host_of(kind: SlotKind, progress: Callable[[str], None]) -> Host:
    """The host for one kind. Raises `SlotUnavailable` with what to install for it."""
    if kind == "docker":
        from sandbox.slots.docker import DockerHost

        return DockerHost.connect(progress)
    if kind == "bubblewrap":
        from sandbox.slots.bubblewrap import BubblewrapHost

        return BubblewrapHost.find()
    from sandbox.slots.process import ProcessHost

    return ProcessHost()


def best_host(progress: Callable[[str], None]) -> Host:
    """The best that this host allows: docker, else bubblewrap, else process."""
    for kind in KINDS[:-1]:
        try:
            return host_of(kind, progress)
        except SlotUnavailable as error:
            progress(f"No {kind} slots here: {error}")
    return host_of("process", progress)


def start_slot(host: Host, limits: SlotLimits) -> tuple[Slot, list[Layer]]:
    """A slot that has passed its self-test, and what the test found."""
    slot = Slot(host.start("zygote", limits), host.kind, limits.device)
    try:
        slot.settle(60.0)
        layers = _selftest(slot)
        found = {layer.name: layer for layer in layers}
        missing = [
            found.get(name) or Layer(name, False, "was not tried")
            for name in sorted(REQUIRED[host.kind])
            if name not in found or not found[name].holds
        ]
        if missing:
            what = "; ".join(f"{layer.name}: {layer.detail}" for layer in missing)
            raise SlotUnavailable(f"a {host.kind} slot failed its self-test ({what})")
        slot.settle()
    except BaseException:
        slot.close()
        raise
    return slot, layers


def _selftest(slot: Slot) -> list[Layer]:
    limits = {"memory_mb": 512, "processes": 8, "disk_mb": 16}
    setup = protocol.json_frame(Kind.SETUP, {"program": "selftest", "limits": limits})
    job = Job([SELFTEST_SECONDS, SELFTEST_SECONDS], [setup], output_bytes=1 << 16)
    for event in slot.play(job):
        match event:
            case Answered(stage=1, payload=payload):
                return _layers(payload)
            case Ended():
                raise SlotGone(f"the self-test ended early: {event}")
    raise SlotGone("the self-test never ended")


def _layers(payload: bytes) -> list[Layer]:
    try:
        report, _ = protocol.unpack(payload)
        return [
            Layer(name, fact["holds"] is True, str(fact["detail"]))
            for name, fact in report["layers"].items()
        ]
    except (protocol.ProtocolError, AttributeError, KeyError, TypeError) as error:
        raise SlotGone(f"the self-test's answer is none: {error!r}") from None
