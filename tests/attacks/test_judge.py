"""Answers that are meant for the judge or the executor: to kill them, to fill them, to hold them up."""

from __future__ import annotations

import concurrent.futures
from pathlib import Path

import pytest

from tests.attacks.arena import Arena

SEND = """
import struct
def send(*blobs):
    payload = b"".join(struct.pack(">I", len(blob)) + blob for blob in blobs)
    data = memoryview(struct.pack(">BI", 18, len(payload)) + payload)
    while data:
        data = data[os.write(4, data):]
    while True:
        signal.pause()
OK = b'{"status":"ok","inputs":[]}'
def header(entries, data):
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text + data
T0 = b'{"d":{"output":{"t":"0","dtype":"float32"}}}'
def tree(node, *tensors):
    return b"".join(struct.pack(">I", len(blob)) + blob for blob in (node, *tensors))
"""
# The process that has sent one of these cannot go on to another case.
UP_TO_THE_ATTACK = ["first", "second", "third"]
ANSWERS = {
    "a report of fifteen megabytes": "send(b'[' + b'[],' * 5_000_000 + b'[]]')",
    "an answer of five million lists": "send(OK, tree(b'[' + b'[],' * 5_000_000 + b'[]]'))",
    "a thousand tensors over the same bytes": "entry = {'dtype': 'I8', 'shape': [20 << 20], 'data_offsets': [0, 20 << 20]}\n"
    "send(OK, tree(T0, header({str(n): entry for n in range(1000)}, bytes(20 << 20))))",
    "an empty shape past counting": "entry = {'dtype': 'F32', 'shape': [0, 1 << 47, 1 << 47], 'data_offsets': [0, 0]}\n"
    "send(OK, tree(T0, header({'0': entry}, b'')))",
    "NaN as JSON": "send(OK, tree(b'NaN'))",
    "a number too large for a float": 'send(OK, tree(b\'{"d":{"output":1e999}}\'))',
    "a number of four thousand digits": "send(OK, tree(b'{\"d\":{\"output\":' + b'9' * 4000 + b'}}'))",
    "nested without end": "send(OK, tree(b'[' * 100_000))",
    "pickle": "import pickle\nsend(OK, pickle.dumps(os.getcwd))",
    "nothing": "send()",
    "checksums of the wrong type": 'send(b\'{"status":"ok","inputs":{"a":[1]}}\', tree(b\'null\'))',
    "a status of the wrong type": 'send(b\'{"status":["ok"]}\')',
    "a complex tensor": 'send(OK, tree(b\'{"d":{"output":{"t":"0","dtype":"complex64"}}}\','
    " header({'0': {'dtype': 'F32', 'shape': [2, 2], 'data_offsets': [0, 16]}}, bytes(16))))",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_meant_for_the_judge_costs_only_its_case(arena: Arena, name: str) -> None:
    life = arena.sandbox.judge_client.life
    arena.strike(SEND + ANSWERS[name], ("failed", "error"), cases=UP_TO_THE_ATTACK)
    assert arena.sandbox.judge_client.life == life, "the judge was started anew"
    arena.heal()


def test_the_executor_stays_small(arena: Arena) -> None:
    """What arrives is held once, and what is read of it is bounded: the service lives in 150 MB."""
    before = peak_mb()
    for name in ("a report of fifteen megabytes", "an answer of five million lists"):
        arena.strike(SEND + ANSWERS[name], ("failed", "error"), cases=UP_TO_THE_ATTACK)
    assert peak_mb() - before < 200
    arena.heal()


def peak_mb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def test_two_runs_at_once_do_not_meet(arena: Arena) -> None:
    """One sandbox, two threads: each gets the verdict on its own file."""

    def judge(number: int) -> tuple[int, int]:
        verdict = arena.judge(f"def solve(x):\n    return x + {number % 2}\n")
        return number % 2, verdict.passed

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for wanted, passed in pool.map(judge, range(12)):
            assert passed == (4 if wanted else 0)
    arena.heal()
