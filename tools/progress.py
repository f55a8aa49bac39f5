"""Run a long command and show that it is alive: one line, rewritten on a terminal.

Elsewhere (a log, CI) a line now and then. What the command said in full is shown only if it fails.
"""

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
REDRAW_SECONDS = 0.2
LOG_EVERY_SECONDS = 15.0


def run(title: str, command: list[str], cwd: Path, environment: Mapping[str, str]) -> None:
    """Raises SystemExit, after showing all output, where the command fails."""
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    said: list[str] = []
    reader = threading.Thread(target=listen, args=(process.stdout, said))
    reader.start()
    shown = started
    try:
        while reader.is_alive():
            reader.join(REDRAW_SECONDS)
            now = time.monotonic()
            status = f"{title} … {now - started:.0f} s  {said[-1] if said else ''}"
            if sys.stderr.isatty():
                width = shutil.get_terminal_size().columns
                print(f"\r\x1b[K{status[: width - 1]}", end="", file=sys.stderr, flush=True)
            elif now - shown >= LOG_EVERY_SECONDS:
                shown = now
                print(status[:160], file=sys.stderr, flush=True)
    finally:
        if process.poll() is None and reader.is_alive():
            process.terminate()
        reader.join()
        process.stdout.close()
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    if process.wait():
        print(*said, sep="\n", file=sys.stderr)
        raise SystemExit(f"{title}: `{' '.join(command)}` failed, see above.")


def listen(stream: IO[str], said: list[str]) -> None:
    for line in stream:
        if text := ESCAPES.sub("", line).strip():
            said.append(text)
