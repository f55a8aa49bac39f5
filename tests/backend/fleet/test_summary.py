"""What all executors together are, and what is believed of what each says."""

import json
from dataclasses import replace
from typing import Any

import pytest

from backend.fleet.summary import DRAINED, NOBODY, summarize
from backend.slots import UNREADABLE, Layer, SlotStatus, read_status, sentences

NETWORK = Layer("network", True, "none")
ROOT = Layer("root", True, "read-only")
READY = SlotStatus("ready", "docker", "2.13.0", (NETWORK, ROOT), slots=2)
STARTING = SlotStatus("starting", slots=1)
FAILED = SlotStatus("failed", problem="No engine.", slots=1)


def test_nobody_is_away() -> None:
    assert summarize([]) == SlotStatus("away", problem=NOBODY, executors=0)
    assert summarize([], drained=2) == SlotStatus("away", problem=DRAINED, executors=2)


def test_one_that_is_ready_is_enough() -> None:
    found = summarize([FAILED, STARTING, READY])
    assert found == replace(READY, executors=1)


def test_some_that_start_are_waited_for_and_else_why_none_judges() -> None:
    assert summarize([FAILED, STARTING]) == SlotStatus("starting", executors=2)
    assert summarize([FAILED], drained=1) == SlotStatus("away", problem="No engine.", executors=2)


def test_slots_are_added_and_of_kinds_the_weakest_is_said() -> None:
    other = replace(READY, kind="bubblewrap", torch="2.13.1", slots=3)
    found = summarize([READY, other])
    assert (found.kind, found.torch, found.slots) == ("bubblewrap", "2.13.0, 2.13.1", 5)
    assert summarize([READY, replace(READY, kind="process")]).warning


def test_a_layer_holds_where_it_holds_everywhere() -> None:
    broken = Layer("network", False, "the host's own")
    found = summarize([READY, replace(READY, layers=(broken,))])
    assert found.layers == (broken, Layer("root", False, "was not tried everywhere"))


def test_one_with_other_questions_judges_nothing_and_says_why() -> None:
    other = replace(READY, problem="Its question differs.")
    assert summarize([other]).problem == "Its question differs."
    assert summarize([other, READY]) == replace(READY, executors=1)


def test_what_one_says_is_what_is_read() -> None:
    for status in (READY, STARTING, FAILED, replace(READY, problem="Something.")):
        told = json.loads(json.dumps(status.to_json()))
        assert read_status(told, status.slots) == status


@pytest.mark.parametrize("told", [{}, {"state": None}, {"state": "away"}, {"state": ["ready"]}])
def test_what_is_not_understood_judges_nothing(told: dict[str, Any]) -> None:
    assert read_status(told, 3) == SlotStatus("failed", problem=UNREADABLE, slots=3)


@pytest.mark.parametrize("kind", ["", "vault", None, 7, ["docker"]])
def test_slots_of_a_kind_that_nobody_knows_isolate_nothing(kind: object) -> None:
    found = read_status({"state": "ready", "kind": kind}, 1)
    assert found.kind == "process"
    assert summarize([found, READY]).warning


@pytest.mark.parametrize(
    "layers", [None, 7, "x", {}, [1, None, [], {}, {"name": 3}, {"name": ""}, {"holds": True}]]
)
def test_layers_that_are_none_are_left_out(layers: object) -> None:
    assert read_status({"state": "ready", "kind": "docker", "layers": layers}, 1).layers == ()


def test_a_layer_holds_only_where_that_is_said() -> None:
    told = [{"name": "a", "holds": holds} for holds in (True, "yes", 1, None)]
    found = read_status({"state": "ready", "layers": told}, 1).layers
    assert [layer.holds for layer in found] == [True, False, False, False]


def test_texts_are_short_and_steer_no_terminal() -> None:
    found = read_status({"state": "failed", "problem": "\x1b[2J" + "x" * 5000, "torch": 7}, 1)
    assert found.problem is not None
    assert len(found.problem) == 1000
    assert found.problem.startswith(" [2Jx")
    assert found.torch is None


def test_people_are_told_how_many() -> None:
    assert "2 × docker (1 executor), torch 2.13.0" in sentences(replace(READY, executors=1))[0]
    assert "4 × docker (2 executors), torch" in sentences(replace(READY, slots=4, executors=2))[0]
    assert "(" not in sentences(READY)[0]
    assert sentences(summarize([])) == [NOBODY]
