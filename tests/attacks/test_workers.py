"""What honest code needs of all this has to work: DataLoader workers, shared memory, threads, pools."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.attacks.arena import QUESTION, Arena

LOADER = """
import torch
from torch.utils.data import DataLoader, TensorDataset

def total(count, width, batch, workers):
    data = TensorDataset(torch.ones(count, width))
    loader = DataLoader(data, batch_size=batch, num_workers=workers)
    return sum(float(rows.sum()) for (rows,) in loader)
"""


@pytest.fixture(scope="module")
def roomy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The question with the limits that a question has by default."""
    folder = tmp_path_factory.mktemp("questions") / "add-one-roomy"
    folder.mkdir()
    for path in QUESTION.iterdir():
        if path.is_file():
            (folder / path.name).write_text(path.read_text().split("[limits]")[0])
    return folder


def run(arena: Arena, folder: Path, lines: str) -> str:
    verdict = arena.sandbox.judge(folder, LOADER + textwrap.dedent(lines), mode="script")
    assert verdict.script is not None
    assert verdict.script.outcome == "passed", verdict.script
    return verdict.script.stdout


def test_four_workers_load_batches(arena: Arena, roomy: Path) -> None:
    assert run(arena, roomy, "print(total(37, 5, 4, 4))") == "185.0\n"
    arena.heal()


def test_four_workers_hand_over_large_batches_in_shared_memory(arena: Arena, roomy: Path) -> None:
    """16 MiB a batch, two on the way for each worker: more than the 64 MB that an engine gives by default."""
    assert run(arena, roomy, "print(total(24, 1 << 20, 4, 4))") == f"{float(24 << 20)}\n"
    arena.heal()


def test_workers_that_are_left_running_end_with_the_job(arena: Arena, roomy: Path) -> None:
    lines = """
    import os
    it = iter(DataLoader(TensorDataset(torch.ones(1000, 5)), num_workers=4, persistent_workers=True))
    next(it)
    print("leaving", flush=True)
    os._exit(0)
    """
    verdict = arena.sandbox.judge(roomy, LOADER + textwrap.dedent(lines), mode="script")
    assert verdict.script is not None
    assert (verdict.script.outcome, verdict.script.stdout) == ("crashed", "leaving\n")
    arena.heal()


def test_two_loaders_in_two_cases(arena: Arena, roomy: Path) -> None:
    source = LOADER + "def solve(x):\n    return x + total(3, 1, 1, 4) - 2\n"
    verdict = arena.sandbox.judge(roomy, source)
    assert (verdict.outcome, verdict.passed) == ("passed", 4), verdict
    arena.heal()


def test_threads_and_pools(arena: Arena, roomy: Path) -> None:
    lines = """
    import concurrent.futures, multiprocessing
    torch.set_num_threads(4)
    a = torch.ones(600, 600)
    print(float((a @ a).sum()))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        print(sum(pool.map(abs, range(-10, 1))))
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(sum(pool.map(abs, range(-10, 1))))
    """
    assert run(arena, roomy, lines) == "216000000.0\n55\n55\n"
    arena.heal()


def test_another_program_is_refused_in_a_way_that_code_can_read(arena: Arena) -> None:
    case = arena.strike(
        """
        import subprocess
        try:
            subprocess.run([sys.executable, "-c", "pass"])
        except PermissionError as error:
            print(error.strerror)
        return x + 1
        """,
        "passed",
    )
    assert case.output == "Operation not permitted\n"
    arena.heal()
