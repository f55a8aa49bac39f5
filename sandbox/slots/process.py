"""A slot that is a plain child process. It isolates nothing: for one's own code on one's own
machine.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from sandbox.channel import Channel
from sandbox.slots import Program, SlotKind, SlotLimits

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 5.0


class ProcessHost:
    """Starts the zygote and the judge as child processes of this one."""

    kind: SlotKind = "process"

    def start(self, program: Program, limits: SlotLimits) -> Channel:
        """Start `program` with an empty environment, a slot in a directory of its own."""
        command = [sys.executable, "-m", f"sandbox.image.{program}"]
        if program == "judge":
            return spawn(command, clean_environment(tempfile.gettempdir()), lambda: None)
        workplace = tempfile.mkdtemp(prefix="torchroom-")
        command += ["--subreaper", "--writable", workplace, "--device", limits.device]
        return spawn(command, clean_environment(workplace), lambda: _remove(workplace))

    def close(self) -> None:
        """Nothing to let go of."""


def clean_environment(workplace: str) -> dict[str, str]:
    """What a program of ours needs to be found and to run; nothing of the caller's own."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "HOME": workplace,
        "TMPDIR": workplace,
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def spawn(command: list[str], environment: dict[str, str], clean_up: object) -> Channel:
    """Run `command` with its stdin and stdout as a channel. `clean_up()` is called once it has
    ended.
    """
    words: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - read until the program has ended
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=words,
        env=environment,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    read_fd, write_fd = os.dup(process.stdout.fileno()), os.dup(process.stdin.fileno())
    process.stdin.close()
    process.stdout.close()

    def stop() -> None:
        _end(process)
        words.close()
        if callable(clean_up):
            clean_up()

    return Channel(read_fd, write_fd, stop, lambda: _tail(words))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its stdin is closed already, on which it kills its own descendants and ends."""
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.wait()


def _tail(words: IO[bytes]) -> str:
    size = words.seek(0, os.SEEK_END)
    words.seek(max(0, size - 4096))
    return words.read().decode(errors="replace")


def _remove(workplace: str) -> None:
    shutil.rmtree(workplace, ignore_errors=True)
