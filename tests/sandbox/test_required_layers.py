"""A slot that lacks a layer of isolation is not lent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox import faults, hosts, protocol
from sandbox.errors import OurFailure, SlotUnavailable
from sandbox.faults import LyingSlot, Received, answered, ended
from sandbox.slots import Program, SlotKind, SlotLimits
from sandbox.slots.bubblewrap import BubblewrapHost
from sandbox.slots.docker import DockerHost
from sandbox.slots.process import ProcessHost
from tests.stack.stack import engine_socket


def without_read_only_root(config: dict[str, Any]) -> None:
    config["ReadonlyRootfs"] = False


def with_endless_scratch_space(config: dict[str, Any]) -> None:
    config["Tmpfs"] = {"/tmp": "size=100g,mode=1777", "/dev/shm": "size=100g,mode=1777"}


def with_the_engines_socket(config: dict[str, Any]) -> None:
    # From where it is: an engine makes a folder of what is not there.
    config["Binds"] = [f"{engine_socket()}:/var/run/docker.sock"]


LEFT_OUT: dict[str, Callable[[dict[str, Any]], None]] = {
    "read-only root": without_read_only_root,
    "limited scratch space": with_endless_scratch_space,
    "no engine socket": with_the_engines_socket,
}


@pytest.mark.docker
@pytest.mark.parametrize("layer", LEFT_OUT)
def test_a_container_without_it_is_not_lent(monkeypatch: pytest.MonkeyPatch, layer: str) -> None:
    whole = DockerHost._host_config

    def weaker(self: DockerHost, program: Program, limits: SlotLimits) -> Any:
        config = whole(self, program, limits)
        LEFT_OUT[layer](config)
        return config

    monkeypatch.setattr(DockerHost, "_host_config", weaker)
    host = DockerHost.connect()
    try:
        with pytest.raises(SlotUnavailable, match=f"failed its self-test.*{layer}"):
            hosts.start_slot(host, SlotLimits())
    finally:
        host.close()


@pytest.mark.docker
def test_a_container_whose_jobs_are_root_is_not_lent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DockerHost, "_arguments", lambda *_: [])
    host = DockerHost.connect()
    try:
        with pytest.raises(SlotUnavailable, match="own uid: uid 0"):
            hosts.start_slot(host, SlotLimits())
    finally:
        host.close()


@pytest.mark.bubblewrap
def test_a_bubblewrap_slot_with_the_hosts_network_is_not_lent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = BubblewrapHost._wall

    def weaker(self: BubblewrapHost, limits: SlotLimits) -> list[str]:
        return [word for word in whole(self, limits) if word != "--unshare-net"]

    monkeypatch.setattr(BubblewrapHost, "_wall", weaker)
    with pytest.raises(SlotUnavailable, match="own network: interfaces"):
        hosts.start_slot(BubblewrapHost.find(), SlotLimits())


class Claims(LyingSlot):
    """A slot of a strict kind whose self-test says what it is told to."""

    def __init__(self, report: object, kind: SlotKind = "docker") -> None:
        super().__init__(ProcessHost(), lambda _: b"")
        self.report, self.claimed = report, kind

    @property
    def kind(self) -> SlotKind:
        return self.claimed


ALL_HOLD = {name: {"holds": True, "detail": ""} for name in hosts.REQUIRED["docker"]}


def started(monkeypatch: pytest.MonkeyPatch, layers: object) -> list[hosts.Layer]:
    def self_test(_: Received) -> bytes:
        report = {"status": "ok", "layers": layers}
        return answered(0, {"status": "ok"}) + answered(1, report) + ended("done", 1)

    monkeypatch.setattr(faults, "honest_self_test", self_test)
    slot, found = hosts.start_slot(Claims(layers), SlotLimits())
    slot.close()
    return found


def test_a_slot_in_which_all_hold_is_lent(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {layer.name for layer in started(monkeypatch, ALL_HOLD)} == set(ALL_HOLD)


@pytest.mark.parametrize("name", sorted(ALL_HOLD))
def test_each_required_layer_is_required(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    lacking = ALL_HOLD | {name: {"holds": False, "detail": "wide open"}}
    with pytest.raises(SlotUnavailable, match=f"{name}: wide open"):
        started(monkeypatch, lacking)
    untried = {other: fact for other, fact in ALL_HOLD.items() if other != name}
    with pytest.raises(SlotUnavailable, match=f"{name}: was not tried"):
        started(monkeypatch, untried)


@pytest.mark.parametrize("layers", [None, [], "all", {"own uid": None}, {"own uid": {"holds": 1}}])
def test_a_self_test_that_cannot_be_read_is_none(
    monkeypatch: pytest.MonkeyPatch, layers: object
) -> None:
    with pytest.raises(OurFailure):
        started(monkeypatch, layers)


def test_the_required_layers_are_those_that_are_tried() -> None:
    """A layer that was renamed in the self-test would otherwise be found missing in every slot."""
    from sandbox.image.selftest import probe_layers

    assert protocol.dump_json(probe_layers())
    assert hosts.REQUIRED["docker"] <= set(probe_layers())
