"""How a test harms the stack."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from docker.models.containers import Container

from tests.stack.books import Books
from tests.stack.stack import Stack, wait_until

HEAL_SECONDS = 60


def crash(container: Container) -> None:
    """As the kernel would: `docker kill` would keep the engine from starting it again."""
    container.reload()
    os.kill(container.attrs["State"]["Pid"], signal.SIGKILL)


def judging(stack: Stack, books: Books, run_id: str) -> Container:
    """The executor that works on this run, once one does."""
    row: dict[str, Any] = {}

    def is_judged() -> bool:
        row.update(books.run(run_id))
        return bool(row["state"] == "running")

    wait_until(is_judged, HEAL_SECONDS, lambda: str(row))
    [found] = [
        one
        for one in stack.containers("executor")
        if one.attrs["Config"]["Hostname"] == row["executor"]
    ]
    return found


@contextmanager
def cut_off(*containers: Container) -> Iterator[None]:
    """Without a word to either side, as a cable that is pulled: nothing is refused or closed."""
    pids = [str(one.attrs["State"]["Pid"]) for one in containers]

    def links(state: str) -> None:
        for pid in pids:
            command = ["nsenter", "-t", pid, "-n", "ip", "link", "set", "eth0", state]
            subprocess.run(command, check=True)

    links("down")
    try:
        yield
    finally:
        links("up")
