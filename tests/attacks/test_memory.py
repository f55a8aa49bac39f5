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


def test_many_processes_that_share_the_hoarding(arena: Arena) -> None:
    """Each below the limit of one process, together 4 GB. In docker the cgroup ends some of them."""
    count = 40 if arena.name == "docker" else 3
    arena.strike(
        f"""
        for _ in range({count}):
            try:
                pid = os.fork()
            except OSError:
                break
            if pid == 0:
                hoard = [bytearray(1 << 20) for _ in range(100)]
                time.sleep(60)
        time.sleep(3)
        os._exit(1)
        """,
        ("out_of_memory", "crashed"),
    )
    arena.heal()


def test_nobody_is_killed_in_their_stead(arena: Arena) -> None:
    """A new program owns its /proc files and could lower its score to the zygote's. Small hoarders would then be
    spared, and process 1, larger than each, die for them: seen with 41 programs of 100 MB in a container of 2 GB
    when programs could be started; three slots were lost and it was reported as our failure."""
    case = arena.strike(
        """
        def lower():
            try:
                with open("/proc/self/oom_score_adj", "w") as file:
                    file.write("0")
            except OSError:
                pass
            with open("/proc/self/oom_score_adj") as file:
                print(file.read(), end="", flush=True)
        lower()
        if os.fork() == 0:
            lower()
            os._exit(0)
        os.wait()
        code = "open('/proc/self/oom_score_adj', 'w').write('0'); print('lowered')"
        try:
            os.execv(sys.executable, [sys.executable, "-Sc", code])
        except PermissionError:
            return x + 1
        """,
        "passed",
    )
    assert case.output == "1000\n1000\n"
    arena.heal()
