"""Output: too much of it, not text, or text that would do something where it is shown."""

from __future__ import annotations

import json

import pytest

from sandbox.verdict import verdict_from_json
from tests.attacks.arena import Arena, answer_that_attacks

FLOODS = {
    "stdout": "while True:\n    os.write(1, b'x' * 65536)",
    "stderr": "while True:\n    os.write(2, b'x' * 65536)",
    "print": "while True:\n    print('x' * 1000)",
    "both, byte by byte": "while True:\n    os.write(1, b'x')\n    os.write(2, b'y')",
    "without a line's end": "while True:\n    sys.stdout.write('x')",
    "from a child": "os.fork()\nwhile True:\n    os.write(1, b'x' * 4096)",
    "ten gigabytes at once": "import mmap\nnothing = os.open('/dev/zero', os.O_RDONLY)\nwhile True:\n    os.sendfile(1, nothing, None, 10 << 30)",
    "from a thread": "import threading\nthreading.Thread(target=lambda: [os.write(1, b'x' * 65536) for _ in range(10**6)]).start()\ntime.sleep(9)",
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_cut_and_said(arena: Arena, name: str) -> None:
    case = arena.strike(
        FLOODS[name], "output_limit" if "gigabytes" not in name else ("output_limit", "error")
    )
    assert "16 KiB" in case.message or case.outcome == "error"
    assert len(case.output or "") <= 16 << 10
    arena.heal()


def test_a_script_that_floods_keeps_its_first_words(arena: Arena) -> None:
    verdict = arena.judge(
        "print('first words')\nwhile True:\n    print('x' * 1000)\n", mode="script"
    )
    assert verdict.script is not None
    assert verdict.script.outcome == "output_limit"
    assert verdict.script.cut
    assert verdict.script.stdout.startswith("first words\n")
    assert len(verdict.script.stdout) <= 16 << 10
    arena.heal()


def test_tiny_writes_do_not_become_a_flood_of_events(arena: Arena) -> None:
    """16 KiB a byte at a time: what the page is told of it has to stay a small multiple of that."""
    events: list[dict[str, object]] = []
    source = "import os\nfor _ in range(16_000):\n    os.write(1, b'x')\n"
    verdict = arena.judge(source, mode="script", on_event=events.append)
    assert verdict.script is not None
    assert verdict.script.stdout == "x" * 16_000
    assert len(events) < 4000
    arena.heal()


STRANGE = {
    "invalid UTF-8": rb"\xff\xfe\x80 caf\xe9 \xed\xa0\x80",
    "ANSI": b"\x1b[2J\x1b[31mred\x1b]0;title\x07\x1b]8;;http://example\x07",
    "HTML": b"<script>alert(1)</script><img src=x onerror=alert(1)>",
    "NUL and bells": b"\x00\x07\x08\x7f",
    "bidirectional": "\u202e\u2066reversed\u2069".encode(),
    "event stream": b'\n\ndata: {"type": "case"}\n\nevent: finished\n\n',
    "frames": b"\x12\x00\x00\x00\x02{}\x14\x00\x00\x00\x02{}\x15\x00\x00\x00\x02{}",
}


def test_strange_bytes_arrive_as_text(arena: Arena) -> None:
    """As characters of a JSON string, whatever they are: what shows them has to show them as text."""
    for data in STRANGE.values():
        case = arena.strike(f"os.write(1, {data!r})\nreturn x + 1", "passed")
        assert case.output == data.decode("utf-8", "replace").replace("\0", "\ufffd")
    arena.heal()


def test_strange_messages_arrive_as_text(arena: Arena) -> None:
    for data in STRANGE.values():
        said = data.decode("utf-8", "surrogateescape")
        verdict = arena.judge(f"def solve(x):\n    raise ValueError({said!r} + chr(0xd800))\n")
        assert {case.outcome for case in verdict.cases} == {"error"}
        text = json.dumps(verdict.to_json(), allow_nan=False)
        text.encode("utf-8")
        assert verdict_from_json(json.loads(text)) == verdict
    arena.heal()


def test_an_exception_that_fights_back(arena: Arena) -> None:
    """Its text raises, its name is a page long, its traceback is endless."""
    arena.strike(
        """
        class Trap(BaseException):
            def __str__(self):
                raise self
            __repr__ = __str__
        Trap.__qualname__ = "T" * 100_000
        raise Trap
        """,
        "error",
    )
    case = arena.strike(
        """
        def down(n):
            if n == 0:
                raise ValueError("y" * (1 << 22))
            down(n - 1)
        down(900)
        """,
        "error",
    )
    assert len(case.message) < 4000
    assert len(case.traceback or "") < 20_000
    arena.heal()


RESULT_PIPE = {
    "noise": "os.write(4, b'\\xff' * 100)",
    "a length of 4 GB": "os.write(4, b'\\x12\\xff\\xff\\xff\\xff')",
    "a header that never ends": "os.write(4, b'\\x12\\x00')\ntime.sleep(9)",
    "an answer that never ends": "os.write(4, b'\\x12\\x00\\x01\\x00\\x00half')\ntime.sleep(9)",
    "an answer that breaks off": "os.write(4, b'\\x12\\x00\\x01\\x00\\x00half')\nos._exit(0)",
    "closed": "os.close(4)\ntime.sleep(9)",
    "another kind of frame": "os.write(4, b'\\x14\\x00\\x00\\x00\\x02{}')",
    "the zygote's own word": "os.write(4, b'\\x15\\x00\\x00\\x00\\x0e{\"clean\": true}')",
    "all closed": "os.closerange(0, 256)\nwhile True:\n    pass",
}


@pytest.mark.parametrize("name", RESULT_PIPE)
def test_a_broken_pipe_of_answers_costs_only_the_case(arena: Arena, name: str) -> None:
    arena.strike(RESULT_PIPE[name], ("timed_out", "crashed", "failed"))
    arena.heal()


def test_a_closed_source_costs_the_next_case_at_most(arena: Arena) -> None:
    """The process cannot be given another case, and ends over it; the rest are played by a new one."""
    verdict = arena.judge(answer_that_attacks("os.close(3)\nreturn x + 1", "second"))
    assert [case.outcome for case in verdict.cases] == ["passed", "passed", "crashed", "passed"]
    arena.heal()
