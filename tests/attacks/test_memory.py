"""Memory: too much at once, too much in the end, too much in many pieces, and who is killed for it."""

from __future__ import annotations

import pytest

from tests.attacks.arena import Arena

HUGE = {
    "tensor": "torch.empty(1 << 40)",
    "zeros": "torch.zeros(200_000_000)",
    "bytes": "b'x' * (1 << 34)",
    "list": "[0] * (1 << 31)",
    "int": "1 << (1 << 35)",
    "mmap": "import mmap\nmmap.mmap(-1, 1 << 34)",
    "numpy": "import numpy\nnumpy.ones(1 << 32)",
    "outer product": "torch.outer(torch.ones(1 << 16), torch.ones(1 << 16))",
}


@pytest.mark.parametrize("name", HUGE)
def test_too_much_at_once(arena: Arena, name: str) -> None:
    expected = ("out_of_memory", "error") if name == "mmap" else "out_of_memory"
    arena.strike(HUGE[name], expected)
    arena.heal()


LEAKS = {
    "pages": "hoard = []\nwhile True:\n    hoard.append(bytearray(1 << 20))",
    "small objects": "hoard = None\nwhile True:\n    hoard = [hoard]",
    "tensors with a graph": "y = x.clone().requires_grad_()\nhoard = [y]\nwhile True:\n    hoard.append(hoard[-1] * torch.ones(100_000, 1))",
    "malloc in C": "libc = ctypes.CDLL(None)\nlibc.malloc.restype = ctypes.c_void_p\nwhile True:\n"
    "    if not (at := libc.malloc(1 << 20)):\n        raise MemoryError\n    ctypes.memset(at, 1, 1 << 20)",
    "caught again and again": "hoard = []\nwhile True:\n    try:\n        while True:\n            hoard.append(bytearray(1 << 20))\n"
    "    except MemoryError:\n        hoard.append(hoard)\n        if len(hoard) > 10_000:\n            raise",
}


@pytest.mark.parametrize("name", LEAKS)
def test_too_much_in_the_end(arena: Arena, name: str) -> None:
    arena.strike(LEAKS[name], "out_of_memory")
    arena.heal()


def test_memory_that_was_never_used_up_is_no_reason_to_fail(arena: Arena) -> None:
    """Half of the 128 MiB: the limit counts from the warm process, not from zero."""
    arena.strike("torch.ones(16 << 20).sum()\nreturn x + 1", "passed")
    arena.heal()


HOG = "import time\\nhoard = [bytearray(1 << 20) for _ in range(100)]\\ntime.sleep(60)\\n"


def test_many_processes_that_share_the_hoarding(arena: Arena) -> None:
    """Each below the limit of one process, together 4 GB. In docker the cgroup ends some of them and counts."""
    arena.strike(
        """
        for _ in range(40):
            try:
                pid = os.fork()
            except OSError:
                break
            if pid == 0:
                hoard = [bytearray(1 << 20) for _ in range(100)]
                time.sleep(60)
        time.sleep(60)
        """,
        ("timed_out", "out_of_memory", "crashed"),
    )
    arena.heal()


def test_hoarders_that_make_themselves_less_likely_to_be_killed(arena: Arena) -> None:
    """A new program owns its /proc files and may lower its score to the zygote's. Then small hoarders are spared, and
    process 1, larger than each, would die for them."""
    arena.strike(
        f"""
        code = 'open("/proc/self/oom_score_adj", "w").write("0")\\n{HOG}'
        import subprocess
        try:
            for _ in range(40):
                subprocess.Popen([sys.executable, "-Sc", code])
        except OSError as error:
            print(error)
        time.sleep(60)
        """,
        ("timed_out", "out_of_memory", "crashed"),
    )
    arena.heal()
