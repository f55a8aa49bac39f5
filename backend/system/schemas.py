"""What /system and the two health checks answer."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class LayerView(BaseModel):
    """One layer of isolation, and whether it was found to hold on this host."""

    name: str
    holds: bool
    detail: str


class SlotView(BaseModel):
    """`kind` is "" until the slots are ready; `problem` says why they are not, once known.

    Of several executors the layers are those that hold on all. "away": none is connected; runs are
    taken, and wait.
    """

    kind: str
    state: Literal["starting", "ready", "away", "failed", "stopped"]
    layers: list[LayerView]
    warning: str | None
    problem: str | None


class SystemView(BaseModel):
    """`executors` is how many are connected; null where the service judges by itself."""

    model_config = ConfigDict(extra="forbid")

    version: str
    slot: SlotView
    torch: str | None
    slots: int
    executors: int | None


class HealthView(BaseModel):
    status: Literal["ok"]
