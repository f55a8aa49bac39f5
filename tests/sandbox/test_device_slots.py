"""A slot on an accelerator: its spare child initialises the device, the zygote never does.

There is no GPU here. `cpu:0` takes the place of `cuda:0`: every step is the same, but for a
stand-in that notes which process initialised the device instead of creating a CUDA context.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.channel import Channel
from sandbox.judging import Sandbox
from sandbox.slots import Program, SlotKind, SlotLimits
from sandbox.slots.process import ProcessHost, clean_environment, spawn

SQUARE = Path(__file__).parents[1] / "support" / "questions" / "square"
DEVICE = "cpu:0"

STAND_IN = """
import os
from sandbox.image import warming, zygote

def initialise():
    with open({log!r}, "a") as log:
        log.write(f"{{os.getpid()}} {{os.getppid()}}\\n")

warming.INITIALISE[{device!r}] = initialise
zygote.main()
"""


class StandInHost:
    """Process slots whose zygote serves a device that notes its initialisation."""

    kind: SlotKind = "process"

    def __init__(self, workplace: Path) -> None:
        self.workplace = workplace
        self.log = workplace / "initialised"
        self._process = ProcessHost()

    def start(self, program: Program, limits: SlotLimits) -> Channel:
        if program == "judge":
            return self._process.start(program, limits)
        slot = self.workplace / "slot"
        slot.mkdir(exist_ok=True)
        script = STAND_IN.format(log=str(self.log), device=DEVICE)
        options = ["--subreaper", "--writable", str(slot), "--device", limits.device]
        command = [sys.executable, "-c", script, *options]
        return spawn(command, clean_environment(str(slot)), lambda: None)

    def close(self) -> None:
        self._process.close()

    def initialised(self, count: int) -> list[tuple[int, int]]:
        """(child, zygote) of each initialisation, once there are `count`."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            lines = self.log.read_text().splitlines() if self.log.exists() else []
            if len(lines) >= count:
                return [tuple(map(int, line.split())) for line in lines]  # type: ignore[misc]
            time.sleep(0.02)
        raise AssertionError(f"fewer than {count} initialisations")


@pytest.fixture
def host(tmp_path: Path) -> StandInHost:
    return StandInHost(tmp_path)


@pytest.fixture
def sandbox(host: StandInHost) -> Iterator[Sandbox]:
    limits = SlotLimits(device=DEVICE)
    opened = Sandbox(host, limits, slots=1)
    opened.pool.open()
    yield opened
    opened.close()


def test_the_spare_child_initialises_before_its_job(host: StandInHost, sandbox: Sandbox) -> None:
    # One spare played the self-test; the next waits, initialised, before any run is there.
    initialised = host.initialised(2)
    children = {child for child, _ in initialised}
    zygotes = {zygote for _, zygote in initialised}
    assert len(children) == 2
    assert len(zygotes) == 1
    assert children.isdisjoint(zygotes)


def test_a_job_runs_on_the_device_in_an_initialised_child(
    host: StandInHost, sandbox: Sandbox
) -> None:
    source = (SQUARE / "reference.py").read_text()
    told = source + "\nimport os\n\nclass Pid(Exception): pass\n\nprint('pid', os.getpid())\n"
    assert sandbox.judge(SQUARE, source).outcome == "passed"
    output = sandbox.judge(SQUARE, told).cases[0].output or ""
    pid = int(output.split()[1])
    assert pid in {child for child, _ in host.initialised(4)}


def test_tensors_are_moved_to_the_device_and_memory_is_not_limited_by_address_space(
    sandbox: Sandbox,
) -> None:
    """A driver maps far more than it uses, so RLIMIT_AS would end every CUDA job."""
    source = """
import resource

def square(x):
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
    return x * x
"""
    assert sandbox.judge(SQUARE, source).outcome == "passed"
