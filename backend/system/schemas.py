"""What /system and the two health checks answer."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class LayerView(BaseModel):
    """One layer of isolation, and whether it was found to hold on this host."""

    name: str
    holds: bool
    detail: str


class SlotView(BaseModel):
    """`kind` is "" until the slots are ready; `problem` says why they are not, once known."""

    kind: str
    state: Literal["starting", "ready", "failed", "stopped"]
    layers: list[LayerView]
    warning: str | None
    problem: str | None


class SystemView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str
    slot: SlotView
    torch: str | None
    slots: int


class HealthView(BaseModel):
    status: Literal["ok"]
