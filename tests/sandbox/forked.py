"""Run one function in a forked child of its own, as the zygote runs a candidate."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.image.denied import PR_SET_DUMPABLE

# Nobody else's: limits on processes count per uid.
CANDIDATE_UID = 64321


def in_child(
    act: Callable[[], Any],
    *before: Callable[[], None],
    uid: int = CANDIDATE_UID,
    seconds: int = 20,
) -> Any:
    """What `act` returns, as JSON, after `before` have run, in a child that is no longer root.

    Raises AssertionError with the child's traceback where anything raised, or with its fate.
    """
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn where threads run
        child = os.fork()
    if child == 0:
        os.close(reader)
        answer: dict[str, Any] = {}
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(seconds)
            os.setsid()
            become_candidate(uid)
            for step in before:
                step()
            answer["value"] = act()
        except BaseException:
            answer["raised"] = traceback.format_exc()
        finally:
            os.write(writer, json.dumps(answer).encode() + b"\n")
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        text = pipe.readline()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # whatever it has started
    _, status = os.waitpid(child, 0)
    if not text:
        raise AssertionError(f"the child ended without an answer, wait status {status}")
    answer = json.loads(text)
    if "raised" in answer:
        raise AssertionError(answer["raised"])
    return answer["value"]


def become_candidate(uid: int = CANDIDATE_UID) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        # The change of uid has protected the process already: start as any program of that user.
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)


def status_field(name: str, pid: int | str = "self") -> str:
    """One line of /proc/<pid>/status, without its name."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return line.partition(":")[2].strip()
    raise KeyError(name)
