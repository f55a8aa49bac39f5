"""`torchroom doctor`: which kinds of slot this host allows, and which layers hold in each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.errors import OurFailure
from sandbox.hosts import KINDS, Layer, host_of, start_slot
from sandbox.slots import SlotLimits

# Debian's names; other systems call them alike.
INSTALL = {
    "docker": "apt-get install docker.io, and start the engine",
    "bubblewrap": "apt-get install bubblewrap, and allow it user namespaces",
}


@dataclass(frozen=True, slots=True)
class KindReport:
    """`problem` says why there is no slot of this kind here, `install` what may change that."""

    kind: str
    torch: str | None
    layers: tuple[Layer, ...]
    problem: str | None
    install: str | None

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "available": self.problem is None,
            "torch": self.torch,
            "layers": [
                {"name": one.name, "holds": one.holds, "detail": one.detail} for one in self.layers
            ],
            "problem": self.problem,
            "install": self.install,
        }


def examine(say: Callable[[str], None]) -> list[KindReport]:
    """Start one slot of each kind, best first, and see what its self-test finds."""
    reports = []
    for kind in KINDS:
        say(f"Trying a {kind} slot …")
        try:
            slot, layers = start_slot(host_of(kind, say), SlotLimits())
        except OurFailure as error:
            reports.append(KindReport(kind, None, (), str(error), INSTALL.get(kind)))
            continue
        try:
            reports.append(KindReport(kind, slot.torch, tuple(layers), None, None))
        finally:
            slot.close()
    return reports
