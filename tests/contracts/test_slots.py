"""One contract for docker, bubblewrap and process slots: start, play, settle, close."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from sandbox import hosts, protocol, trees
from sandbox.errors import SlotGone
from sandbox.hosts import Layer
from sandbox.judging import Sandbox
from sandbox.protocol import Kind
from sandbox.rules import read_rules
from sandbox.run import Submitted, read_report, setup_frame
from sandbox.slot import Answered, Ended, Event, Job, Output, Slot
from sandbox.slots import Host, SlotLimits
from sandbox.slots.docker import LABEL

QUESTION = Path(__file__).parents[1] / "support" / "questions" / "add-one"
RIGHT = "def solve(x):\n    return x + 1\n"
KINDS = [
    pytest.param("docker", marks=pytest.mark.docker),
    pytest.param("bubblewrap", marks=pytest.mark.bubblewrap),
    pytest.param("process", marks=pytest.mark.slow),
]


@pytest.fixture(scope="module", params=KINDS)
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    found = hosts.host_of(request.param, lambda _: None)
    yield found
    found.close()


@pytest.fixture(scope="module")
def started(host: Host) -> Iterator[tuple[Slot, list[Layer]]]:
    slot, layers = hosts.start_slot(host, SlotLimits())
    yield slot, layers
    slot.close()
    slot.close()  # twice is once


@pytest.fixture
def slot(started: tuple[Slot, list[Layer]]) -> Slot:
    """One slot for all tests of a kind: each has to leave it free."""
    return started[0]


@pytest.fixture
def layers(started: tuple[Slot, list[Layer]]) -> list[Layer]:
    return started[1]


def script(
    source: str, *, seconds: float = 20.0, output_bytes: int = 1 << 14, gate: bool = True
) -> Job:
    submitted = Submitted(source.encode(), "", read_rules(QUESTION))
    setup = setup_frame(submitted, "script", 0, "cpu")
    feed = [setup, *([1] if gate else []), protocol.frame(Kind.SOURCE, submitted.source)]
    return Job([20.0, seconds], feed, output_bytes)


def cases(source: str, *inputs: trees.Tree, seconds: float = 20.0) -> Job:
    submitted = Submitted(
        source.encode(), (QUESTION / "probe.py").read_text(), read_rules(QUESTION)
    )
    feed: list[bytes | int] = [
        setup_frame(submitted, "observe", len(inputs), "cpu"),
        1,
        protocol.frame(Kind.SOURCE, submitted.source),
    ]
    for stage, tree in enumerate(inputs, 2):
        feed += [stage, protocol.frame(Kind.CASE, trees.encode(tree))]
    return Job([20.0, 20.0, *(seconds for _ in inputs)], feed, 1 << 14)


def ended(events: list[Event]) -> Ended:
    last = events[-1]
    assert isinstance(last, Ended)
    return last


def said(events: list[Event], stream: str) -> bytes:
    return b"".join(
        event.data for event in events if isinstance(event, Output) and event.stream == stream
    )


def test_a_started_slot_is_free_clean_and_tested(slot: Slot, layers: list[Layer]) -> None:
    assert slot.is_free
    assert slot.facts["clean"] is True
    assert slot.facts["threads"] == 1
    assert slot.torch.startswith("2.")
    held = {layer.name for layer in layers if layer.holds}
    assert held >= hosts.REQUIRED[slot.kind]


def test_output_answers_and_end_come_in_order(slot: Slot) -> None:
    events = list(slot.play(script("import sys\nprint('one')\nprint('two', file=sys.stderr)\n")))
    assert [type(event) for event in events if not isinstance(event, Output)] == [
        Answered,
        Answered,
        Ended,
    ]
    assert isinstance(events[0], Answered)
    assert isinstance(events[-2], Answered)
    assert (said(events, "stdout"), said(events, "stderr")) == (b"one\n", b"two\n")
    assert ended(events).reason == "done"
    assert read_report(events[-2].payload)[0]["status"] == "ok"


def test_each_case_is_answered_with_its_observation(slot: Slot) -> None:
    inputs = [{"x": [n, "text", None]} for n in range(3)]
    events = list(slot.play(cases("def solve(x):\n    return x\n", *inputs)))
    answers = [read_report(event.payload) for event in events if isinstance(event, Answered)][2:]
    assert [trees.decode(blob or b"")["output"] for _, blob in answers] == [i["x"] for i in inputs]


def test_after_a_job_the_slot_settles_and_counts(slot: Slot) -> None:
    slot.settle()
    jobs = slot.facts["jobs"]
    list(slot.play(script("pass")))
    slot.settle()
    assert slot.facts["jobs"] == jobs + 1
    assert slot.facts["threads"] == 1


def test_who_stops_listening_early_loses_nothing(slot: Slot) -> None:
    for event in slot.play(cases(RIGHT, {"x": 1}, {"x": 2})):
        if isinstance(event, Answered) and event.stage == 2:
            break
    slot.settle()
    assert ended(list(slot.play(script("pass")))).reason == "done"


def test_a_hang_ends_at_its_stage_and_time(slot: Slot) -> None:
    started = time.monotonic()
    source = "def solve(x):\n    while x == 2: pass\n    return x\n"
    events = list(slot.play(cases(source, {"x": 1}, {"x": 2}, {"x": 3}, seconds=1.0)))
    end = ended(events)
    assert (end.reason, end.stage) == ("timed_out", 3)
    assert end.signal == "SIGKILL"
    assert sum(isinstance(event, Answered) for event in events) == 3
    assert time.monotonic() - started > 1.0
    slot.settle()


def test_output_is_cut_at_its_limit_to_the_byte(slot: Slot) -> None:
    source = "import os\nwhile True:\n    os.write(1, b'x' * 1000)\n    os.write(2, b'y' * 1000)\n"
    events = list(slot.play(script(source, output_bytes=5000)))
    assert ended(events).reason == "output_limit"
    assert len(said(events, "stdout")) + len(said(events, "stderr")) == 5000
    slot.settle()


def test_an_answer_over_the_limit_is_not_carried(slot: Slot) -> None:
    job = cases("def solve(x):\n    return ['x' * 100_000] * 10\n", {"x": 1})
    small = Job(job.stages, job.feed, job.output_bytes, answer_bytes=1 << 19)
    assert ended(list(slot.play(small))).reason == "answer_limit"
    slot.settle()


def test_a_gate_holds_back_what_is_behind_it_and_its_clock(slot: Slot) -> None:
    """The second stage is let in after the first has answered; memory is measured from there."""
    job = script("kept = bytearray(32 << 20)\n")
    measured = Job(job.stages, job.feed, job.output_bytes, measure=True)
    first, second = (event for event in slot.play(measured) if isinstance(event, Answered))
    assert first.resident_kb is not None
    assert second.peak_kb is not None
    assert 30 << 10 < second.peak_kb - first.resident_kb < 48 << 10
    slot.settle()


ENDINGS = [
    ("os._exit(3)", {"exit": 3, "signal": None}),
    ("os.abort()", {"exit": None, "signal": "SIGABRT"}),
    ("os.kill(os.getpid(), 9)", {"exit": None, "signal": "SIGKILL"}),
]


@pytest.mark.parametrize(("line", "facts"), ENDINGS)
def test_how_a_process_ended_is_the_kernels_word(
    slot: Slot, line: str, facts: dict[str, object]
) -> None:
    end = ended(list(slot.play(script(f"import os\n{line}\n"))))
    assert (end.reason, end.stage) == ("ended", 1)
    assert {"exit": end.exit, "signal": end.signal} == facts
    slot.settle()


@pytest.fixture(scope="module")
def sandbox(host: Host) -> Iterator[Sandbox]:
    with Sandbox.open(host.kind) as opened:
        yield opened


OUTCOMES = {
    "passed": "return x + 1",
    "failed": "return x + 2",
    "error": "return x + 'text'",
    "timed_out": "while True: pass",
    "out_of_memory": "return bytearray(1 << 33)",
    "output_limit": "while True: print('x' * 100)",
    "crashed": "import ctypes; ctypes.string_at(0)",
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_and_none_costs_the_others(sandbox: Sandbox, outcome: str) -> None:
    source = (
        f"def solve(x):\n    if x.numel() == 2:\n        {OUTCOMES[outcome]}\n    return x + 1\n"
    )
    verdict = sandbox.judge(QUESTION, source)
    assert [case.outcome for case in verdict.cases] == ["passed", outcome, "passed", "passed"]
    assert verdict.outcome == outcome
    assert verdict.passed == (4 if outcome == "passed" else 3)


def test_a_forbidden_call_is_refused_with_its_line(sandbox: Sandbox, tmp_path: Path) -> None:
    folder = tmp_path / "add-one-forbidden"
    folder.mkdir()
    for path in QUESTION.iterdir():
        if path.is_file():
            (folder / path.name).write_text(path.read_text())
    with (folder / "question.toml").open("a") as table:
        table.write('\n[forbidden]\n"torch.add" = "It is what you are asked to write."\n')
    verdict = sandbox.judge(folder, "import torch\n\ndef solve(x):\n    return torch.add(x, 1)\n")
    assert verdict.outcome == "refused"
    assert verdict.problem is not None
    assert verdict.problem.line == 4
    assert {case.outcome for case in verdict.cases} == {"refused"}


def test_killed_from_outside_it_is_gone(host: Host) -> None:
    with killable(host) as (slot, kill, _):
        threading.Timer(0.5, kill).start()
        with pytest.raises(SlotGone):
            list(slot.play(script("import time\ntime.sleep(30)\n", seconds=40.0)))


def test_killed_while_idle_it_is_found_out_before_it_is_used(host: Host) -> None:
    with killable(host) as (slot, kill, _):
        kill()
        with pytest.raises(SlotGone):
            list(slot.play(script("pass")))


def test_closed_in_the_middle_of_a_job_nothing_of_it_goes_on(host: Host) -> None:
    with killable(host) as (slot, _, mine):
        for event in slot.play(script("print('on', flush=True)\nwhile True: pass\n")):
            if isinstance(event, Output):
                break
        mine |= below(mine)
        slot.close()
        deadline = time.monotonic() + 20
        while left := running(host) & mine:
            assert time.monotonic() < deadline, f"{left} go on"
            time.sleep(0.05)


@contextlib.contextmanager
def killable(host: Host) -> Iterator[tuple[Slot, Callable[[], None], set[str]]]:
    """A slot of one's own, how to end it behind its back, and what it consists of."""
    before = running(host)
    slot, _ = hosts.start_slot(host, SlotLimits())
    mine = running(host) - before
    assert mine

    def kill() -> None:
        for name in mine:
            if host.kind == "docker":
                subprocess.run(["docker", "kill", name], check=True, capture_output=True)
            else:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(name), signal.SIGKILL)

    try:
        yield slot, kill, mine
    finally:
        slot.close()


def running(host: Host) -> set[str]:
    """Containers that are slots, or everything below this process; others' are among them."""
    if host.kind != "docker":
        return below({str(os.getpid())})
    client = docker.from_env()
    try:
        return {item.id for item in client.containers.list(filters={"label": f"{LABEL}=zygote"})}
    finally:
        client.close()


def below(tops: set[str]) -> set[str]:
    """The processes that descend from these, zombies left out."""
    parents: dict[str, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if fields[0] != "Z":
                    parents[entry.name] = fields[1]
    found: set[str] = set()
    while more := {pid for pid, parent in parents.items() if parent in tops | found} - found:
        found |= more
    return found


def test_a_process_slot_leaves_no_directory_though_its_executor_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, signal\n"
        "from sandbox.slots import SlotLimits\n"
        "from sandbox.slots.process import ProcessHost\n"
        "channel = ProcessHost().start('zygote', SlotLimits())\n"
        "channel.receive(60)\n"
        "print(len(os.listdir(os.environ['TMPDIR'])), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.stdout == "1\n", done.stderr
    deadline = time.monotonic() + 20
    while any(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(tmp_path.iterdir()) == []
