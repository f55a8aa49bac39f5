"""Memory in huge pages: where the kernel can, most of a filled block moves, and nothing is lost."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
from sandbox.image import hugepages

block = bytearray(range(256)) * (64 << 12)  # 64 MiB that are really there
before = hugepages.huge_kb()
made = hugepages.collapse()
assert block == bytearray(range(256)) * (64 << 12)
print(made, hugepages.huge_kb() - before)
"""


def test_memory_is_moved_unharmed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    made, grown_kb = map(int, done.stdout.split())
    if can_collapse():
        assert made >= 24
        assert grown_kb > 0
    else:
        assert made == 0


def can_collapse() -> bool:
    major, minor = map(int, os.uname().release.split(".")[:2])
    return (major, minor) >= (6, 1) and Path("/sys/kernel/mm/transparent_hugepage").is_dir()
