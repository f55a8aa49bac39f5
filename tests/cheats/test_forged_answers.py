"""Bytes written where the answer leaves: forged verdicts, hostile encodings, late writes."""

import pytest

from tests.cheats.conftest import HONEST, WRONG, Judge, case, outcomes

pytestmark = pytest.mark.slow

EVERY_FD = """
import json, os, struct

def frame(kind, payload): return struct.pack(">BI", kind, len(payload)) + payload
def pack(value, *blobs):
    parts = [json.dumps(value).encode(), *blobs]
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)

def to_every_fd(data):
    for fd in range(3, 64):
        try:
            os.write(fd, data)
        except OSError:
            pass
"""

FORGED = {
    "a verdict": 'frame(18, pack({"status": "ok", "passed": True, "outcome": "passed", "verdict": "passed"}))',
    "an empty answer": 'frame(18, pack({"status": "ok", "inputs": []}, pack(["n"])))',
    "a judge's reply": 'frame(33, pack([{"passed": True, "message": None, "failure": None, "used": 0.0}] * 3))',
    "the zygote's own frames": 'frame(19, b\'{"stage": 0, "seconds": 0}\') + frame(20, b\'{"reason": "done", "stage": 4}\') + frame(21, b\'{"clean": true}\')',
    "a pickle": '__import__("pickle").dumps({"passed": True})',
    "a pickle in a frame": 'frame(18, __import__("pickle").dumps({"passed": True}))',
    "a 4 GB length": 'b"\\x12\\xff\\xff\\xff\\xff" + b"x" * 1000',
    "a 4 GB length inside": 'frame(18, b"\\xff\\xff\\xff\\xff{}")',
    "NaN JSON": 'frame(18, pack({"status": "ok"}, struct.pack(">I", 11) + b\'["f",  NaN]\'))',
    "duplicate keys": 'frame(18, struct.pack(">I", 33) + b\'{"status":"error","status": "ok"}\' + pack(["n"]))',
    "bottomless nesting": 'frame(18, pack({"status": "ok"}, struct.pack(">I", 200000) + b"[" * 200000))',
    "no status": "frame(18, pack([1, 2, 3]))",
    "nothing": 'frame(18, b"")',
    "invalid UTF-8": 'frame(18, struct.pack(">I", 4) + b"\\xff\\xfe{}")',
}


@pytest.mark.parametrize("name", FORGED)
def test_written_to_every_fd_then_exit(judge: Judge, name: str) -> None:
    source = (
        EVERY_FD
        + f"""
def square(x):
    to_every_fd({FORGED[name]} * 5)
    os._exit(0)
"""
    )
    verdict = judge(source)
    assert "passed" not in outcomes(verdict)
    assert verdict.passed == 0


@pytest.mark.parametrize("name", FORGED)
def test_written_when_the_file_is_loaded(judge: Judge, name: str) -> None:
    """Before a case has run: an answer for every case, none of it computed from its inputs."""
    source = EVERY_FD + f"to_every_fd({FORGED[name]} * 8)\n" + WRONG
    assert "passed" not in outcomes(judge(source))


HOSTILE_TENSORS = {
    "an offset beyond the data": '{"0":{"dtype":"F32","shape":[7],"data_offsets":[0,4000000]}}',
    "a negative offset": '{"0":{"dtype":"F32","shape":[7],"data_offsets":[-28,0]}}',
    "a shape that overflows": '{"0":{"dtype":"F32","shape":[4294967296,4294967296,7],"data_offsets":[0,28]}}',
    "a shape of floats": '{"0":{"dtype":"F32","shape":[7.0],"data_offsets":[0,28]}}',
    "an unknown dtype": '{"0":{"dtype":"F128","shape":[7],"data_offsets":[0,28]}}',
    "a shape of negative numbers": '{"0":{"dtype":"F32","shape":[-7,-1],"data_offsets":[0,28]}}',
    "sixty-five dimensions": '{"0":{"dtype":"F32","shape":['
    + ",".join(["1"] * 65)
    + '],"data_offsets":[0,4]}}',
    "no object": "[]",
}


@pytest.mark.parametrize("name", HOSTILE_TENSORS)
def test_hostile_tensors(judge: Judge, name: str) -> None:
    source = (
        EVERY_FD
        + f"""
header = {HOSTILE_TENSORS[name]!r}.encode()
tensors = struct.pack("<Q", len(header)) + header + bytes(28)
tree = ["d", [["output", ["t", "0", "float32"]], ["grad", ["d", [["x", ["t", "0", "float32"]]]]]]]

def square(x):
    to_every_fd(frame(18, pack({{"status": "ok", "inputs": []}}, pack(tree, tensors))))
    os._exit(0)
"""
    )
    verdict = judge(source)
    assert verdict.passed == 0
    assert verdict.cases[0].outcome in ("failed", "crashed")


def test_a_thread_that_writes_later(judge: Judge) -> None:
    source = (
        EVERY_FD
        + """
import threading, time

def forge():
    while True:
        to_every_fd(frame(18, pack({"status": "ok", "inputs": []}, pack(["n"]))))
        time.sleep(0.001)

threading.Thread(target=forge, daemon=True).start()
"""
        + WRONG
    )
    assert "passed" not in outcomes(judge(source))


def test_atexit_and_children_that_write_later(judge: Judge) -> None:
    source = (
        EVERY_FD
        + """
import atexit, time

def late():
    to_every_fd(frame(18, pack({"status": "ok", "inputs": []}, pack(["n"]))))

atexit.register(late)
if os.fork() == 0:
    os.setsid()
    for _ in range(2000):
        time.sleep(0.01)
        late()
    os._exit(0)
"""
        + WRONG
    )
    assert "passed" not in outcomes(judge(source))
    assert judge(HONEST).outcome == "passed"


def test_closing_the_pipe_costs_only_itself(judge: Judge) -> None:
    source = """
import os

def square(x):
    if x.dim() == 1:
        os.close(4)
    return x * x
"""
    verdict = judge(source)
    assert case(verdict, "row").outcome == "crashed"
    assert case(verdict, "matrix").outcome == "passed"
    assert case(verdict, "same-shape").outcome == "passed"
