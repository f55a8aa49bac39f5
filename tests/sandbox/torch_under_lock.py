"""A program of its own: does torch compute under the lock what it computed before it?

Prints one line for each thing tried. The parent imports, a forked child locks itself down and
computes, as in a slot.
"""

from __future__ import annotations

import multiprocessing.resource_sharer  # imported now: the candidate's uid may not read our Python
import os
import resource
import secrets
import socket
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy.random
import torch
from torch.utils.data import DataLoader, Dataset

sys.path.insert(0, str(Path(__file__).parents[2]))

from sandbox.image import lockdown
from tests.sandbox.forked import CANDIDATE_UID, become_candidate

IMPORTED_FOR_WORKERS = (multiprocessing.resource_sharer, secrets, numpy.random)


class Numbers(Dataset[torch.Tensor]):
    def __len__(self) -> int:
        return 37

    def __getitem__(self, index: int) -> torch.Tensor:
        return torch.full((3, 5), float(index))


def matmul() -> torch.Tensor:
    a = torch.arange(200 * 301, dtype=torch.float32).reshape(200, 301) / 1e4
    return a @ a.T


def convolution() -> torch.Tensor:
    x = torch.linspace(-1, 1, 2 * 3 * 29 * 31).reshape(2, 3, 29, 31)
    return torch.nn.functional.conv2d(x, torch.linspace(-1, 1, 4 * 3 * 9).reshape(4, 3, 3, 3))


def backward() -> torch.Tensor:
    x = torch.linspace(-2, 2, 1000, requires_grad=True)
    torch.nn.functional.layer_norm(x.reshape(10, 100), (100,)).pow(3).sum().backward()
    assert x.grad is not None
    return x.grad


def threads() -> torch.Tensor:
    torch.set_num_threads(4)
    try:
        return large() @ large()
    finally:
        torch.set_num_threads(1)


def large() -> torch.Tensor:
    return torch.arange(512 * 512.0).reshape(512, 512) / 1e5


def loaded() -> torch.Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that this machine has fewer processors than workers
        return torch.cat(list(DataLoader(Numbers(), batch_size=4, num_workers=4)))


def report(name: str, act: Callable[[], torch.Tensor], expected: torch.Tensor) -> None:
    print(f"{name}: {'as before' if torch.allclose(act(), expected) else 'different'}", flush=True)


def candidate() -> None:
    loaded()  # imports what a DataLoader needs
    become_candidate()
    lockdown.not_dumpable()
    lockdown.set_limits(memory_growth_mb=512, processes=8, disk_mb=64)
    lockdown.no_new_privs()
    lockdown.install_filter()
    report("matmul", matmul, before[0])
    report("convolution", convolution, before[1])
    report("backward", backward, before[2])
    report("threads", threads, in_threads)
    report("DataLoader", loaded, torch.arange(37.0)[:, None, None].expand(37, 3, 5))
    try:
        socket.socket(socket.AF_INET)
    except OSError as error:
        print(f"network: {type(error).__name__}", flush=True)
    lockdown.install_filter(threads_only=True)
    again = "as before" if torch.allclose(backward(), before[2]) else "different"
    try:
        os.fork()
    except OSError as error:
        print(f"threads only: {again}, {type(error).__name__}", flush=True)


def with_tasks(limit: Callable[[], None]) -> str:
    """How a child fares that computes in four threads."""
    child = os.fork()
    if child == 0:
        become_candidate(CANDIDATE_UID + 3)
        limit()
        threads()
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return "as before" if code == 0 else "ended by libgomp"


def room_for_one() -> None:
    lockdown.set_limits(memory_growth_mb=512, processes=1, disk_mb=64)


def room_for_none() -> None:
    resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))


if __name__ == "__main__":
    torch.set_num_threads(1)
    before = [matmul(), convolution(), backward()]
    in_threads = large() @ large()
    child = os.fork()
    if child == 0:
        try:
            candidate()
        except BaseException:
            sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        finally:
            sys.stdout.flush()
            os._exit(0)
    os.waitpid(child, 0)
    print(f"four threads in one process: {with_tasks(room_for_one)}", flush=True)
    if os.geteuid() == 0:  # nobody else has a uid to spare, on which nothing runs yet
        print(f"four threads with room for none: {with_tasks(room_for_none)}", flush=True)
