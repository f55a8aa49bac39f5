"""Our own failures: retried twice, then reported as ours. A slot that lies makes no answer pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox import faults, protocol, run, slot, trees
from sandbox.errors import OurFailure
from sandbox.faults import BadSlot, LyingSlot, NeverSlot, Received, SlowSlot, answered, ended, free
from sandbox.judge_client import Judge
from sandbox.judging import TRIES, Sandbox
from sandbox.protocol import HEADER, Kind
from sandbox.slots import Host, SlotLimits
from sandbox.slots.process import ProcessHost

pytestmark = pytest.mark.slow

QUESTION = Path(__file__).parents[1] / "support" / "questions" / "add-one"
RIGHT = "def solve(x):\n    return x + 1\n"


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    client = Judge(lambda: ProcessHost().start("judge", SlotLimits()))
    yield client
    client.close()


@pytest.fixture
def sandbox_on(judge: Judge) -> Iterator[Callable[[Host], Sandbox]]:
    """A sandbox on this host, with one slot and the judge that all tests share."""
    opened: list[Sandbox] = []

    def make(host: Host) -> Sandbox:
        sandbox = Sandbox(host, SlotLimits(), 1)
        sandbox.judge_client = judge
        sandbox.pool.open()
        opened.append(sandbox)
        return sandbox

    yield make
    for sandbox in opened:
        sandbox.pool.close()


def test_two_failures_of_ours_cost_nothing(sandbox_on: Callable[[Host], Sandbox]) -> None:
    host = BadSlot(ProcessHost(), faulty=TRIES - 1)
    verdict = sandbox_on(host).judge(QUESTION, RIGHT)
    assert (verdict.outcome, verdict.passed) == ("passed", 4)
    assert host.started == TRIES


def test_the_third_failure_is_reported_as_ours(sandbox_on: Callable[[Host], Sandbox]) -> None:
    host = BadSlot(ProcessHost())
    with pytest.raises(OurFailure, match=r"3 times, through no fault of the code.*stream ended"):
        sandbox_on(host).judge(QUESTION, RIGHT)
    assert host.started >= TRIES


def test_a_slot_that_falls_silent_is_given_up(
    sandbox_on: Callable[[Host], Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slot, "PATIENCE", 0.1)
    monkeypatch.setattr(run, "SETUP_SECONDS", 0.1)
    monkeypatch.setattr(run, "LOAD_SECONDS", 0.1)
    sandbox = sandbox_on(NeverSlot(ProcessHost()))
    started = time.monotonic()
    with pytest.raises(OurFailure, match="no answer within"):
        sandbox.judge(QUESTION, RIGHT, cases=["first"])
    assert time.monotonic() - started < 3 * (1 + 0.1) + 5


def test_a_slow_start_is_waited_for(sandbox_on: Callable[[Host], Sandbox]) -> None:
    host = SlowSlot(BadSlot(ProcessHost()), seconds=0.3)
    started = time.monotonic()
    sandbox = sandbox_on(host)
    assert time.monotonic() - started >= 0.3
    assert sandbox.pool.ready() == 1


def raw(kind: int, length: int, payload: bytes = b"") -> bytes:
    return HEADER.pack(kind, length) + payload


def ok(stage: int, **more: object) -> bytes:
    return answered(stage, {"status": "ok", **more})


LOADED = ok(0) + ok(1)


def forged(received: Received) -> bytes:
    """All cases answered with the same wrong tree and the right checksums, whatever they ask."""
    inputs = [trees.decode(frame[HEADER.size :]) for frame in received.feed[2:]]
    parts = [
        answered(
            stage,
            {"status": "ok", "inputs": trees.checksums(tree)},
            trees.encode({"output": tree["x"]}),
        )
        for stage, tree in enumerate(inputs, 2)
    ]
    return LOADED + b"".join(parts) + ended("done", len(inputs) + 1)


EMPTY = {"status": "ok", "inputs": []}
LIES: dict[str, Callable[[Received], bytes]] = {
    "nothing at all": lambda _: b"",
    "done without an answer": lambda _: ended("done", 0),
    "done after the set-up": lambda _: ok(0) + ended("done", 1),
    "free at once": lambda _: free(),
    "free in the middle": lambda _: LOADED + free() + forged(_)[len(LOADED) :],
    "stages out of order": lambda _: ok(1) + ok(0),
    "a stage twice": lambda _: ok(0) + ok(0) + ok(1),
    "a stage that does not exist": lambda _: ok(0) + ok(1) + ok(99),
    "a stage below zero": lambda _: ok(-1),
    "a stage that is no number": lambda _: (
        raw(Kind.RESULT, 0) + protocol.json_frame(Kind.STAGE, {"stage": "0"})
    ),
    "more stages than asked for": lambda _: b"".join(ok(stage) for stage in range(20)),
    "time that runs backwards": lambda _: answered(0, {"status": "ok"}, seconds=-5.0),
    "time without end": lambda _: (
        protocol.frame(Kind.RESULT, protocol.pack({}))
        + protocol.frame(Kind.STAGE, b'{"stage":0,"seconds":1e999}')
    ),
    "NaN": lambda _: (
        protocol.frame(Kind.RESULT, protocol.pack({}))
        + protocol.frame(Kind.STAGE, b'{"stage":0,"seconds":NaN}')
    ),
    "duplicate keys": lambda _: (
        LOADED + protocol.frame(Kind.ENDED, b'{"stage":0,"stage":2,"reason":"done"}')
    ),
    "a bottomless word": lambda _: protocol.frame(Kind.ENDED, b"[" * 60_000),
    "a word that is a list": lambda _: protocol.frame(Kind.FREE, b"[]"),
    "unknown reason": lambda _: ended("passed", 0),
    "keys of its own": lambda _: ended("ended", 0, passed=True),
    "an end of the wrong type": lambda _: ended("ended", 0, signal=["SIGKILL"]),
    "an end at a later stage": lambda _: ok(0) + ended("timed_out", 4),
    "a stage without an answer": lambda _: protocol.json_frame(
        Kind.STAGE, {"stage": 0, "seconds": 0.1}
    ),
    "answers without stages": lambda _: protocol.frame(Kind.RESULT, protocol.pack({})) * 50,
    "an oversized length": lambda _: raw(Kind.RESULT, 0xFFFFFFFF, b"x"),
    "an answer over the limit": lambda _: raw(Kind.RESULT, 33 << 20, bytes(33 << 20)),
    "an unknown kind": lambda _: raw(200, 0),
    "a judge's reply": lambda _: protocol.json_frame(Kind.REPLY, [{"passed": True}]),
    "the executor's own frames": lambda _: protocol.frame(Kind.END),
    "output without end": lambda _: protocol.frame(Kind.OUT, bytes(1 << 20)) * 4,
    "empty output for ever": lambda _: protocol.frame(Kind.OUT) * 1000,
    "noise": lambda _: bytes(range(256)) * 64,
    "a verdict of its own": lambda _: (
        LOADED
        + b"".join(ok(stage, outcome="passed", passed=True, failure=None) for stage in range(2, 6))
        + ended("done", 5)
    ),
    "status passed": lambda _: (
        LOADED
        + b"".join(answered(stage, {"status": "passed"}) for stage in range(2, 6))
        + ended("done", 5)
    ),
    "empty answers": lambda _: (
        LOADED + b"".join(answered(stage, EMPTY, b"") for stage in range(2, 6)) + ended("done", 5)
    ),
    "noise for an answer": lambda _: (
        LOADED
        + b"".join(answered(stage, EMPTY, bytes(range(256))) for stage in range(2, 6))
        + ended("done", 5)
    ),
    "wrong answers in the right form": forged,
    "the judge's ticket": lambda _: (
        LOADED
        + b"".join(answered(s, {**EMPTY, "index": 0, "call": "check"}, b"{}") for s in range(2, 6))
        + ended("done", 5)
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_no_lie_makes_an_answer_pass(
    sandbox_on: Callable[[Host], Sandbox], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(slot, "SETTLE_SECONDS", 1.0)
    sandbox = sandbox_on(LyingSlot(ProcessHost(), LIES[name]))
    seen: list[str] = []
    try:
        verdict = sandbox.judge(QUESTION, RIGHT, on_event=lambda event: seen.append(str(event)))
    except OurFailure:
        pass  # ours, and said so: never a verdict
    else:
        assert verdict.passed == 0
        assert verdict.outcome != "passed"
    assert not any("'passed'" in event and "'outcome': 'passed'" in event for event in seen)


@pytest.mark.parametrize("name", LIES)
def test_no_lie_makes_a_script_run_well(sandbox_on: Callable[[Host], Sandbox], name: str) -> None:
    """That a script ran to its end is the slot's own word; but it may not confuse us."""
    sandbox = sandbox_on(LyingSlot(ProcessHost(), LIES[name]))
    try:
        verdict = sandbox.judge(QUESTION, RIGHT, mode="script")
    except OurFailure:
        return
    assert verdict.script is not None
    assert verdict.cases == []


def test_the_wire_of_faults_speaks_the_zygotes_language() -> None:
    """Otherwise every test above could pass because nothing is understood at all."""
    received = Received({}, [protocol.json_frame(Kind.SETUP, {"program": "selftest"})])
    assert received.setup["program"] == "selftest"
    assert faults.honest_self_test(received)
