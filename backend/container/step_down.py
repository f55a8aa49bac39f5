"""Become an ordinary user who may speak with the Docker engine, then run a command.

The engine's socket belongs to a group whose number differs from host to host, so no image and no
compose file can name it. The executor's container therefore starts as root, with three
capabilities and nothing else: enough to look at the socket, to become the user in that socket's
group, and to give away for good what is left. What runs then is process 1 with no privilege and no
way back to one.

    python -m backend.container.step_down torchroom executor

DOCKER_HOST is left alone: where it names something other than a socket on this host, there is no
group to join.
"""

import ctypes
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

USER = 10001
DEFAULT_HOST = "unix:///var/run/docker.sock"

# linux/prctl.h and linux/capability.h
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522


class CannotStepDown(Exception):
    """Nothing must run like this; the message says what to change."""


def socket_path(environment: Mapping[str, str]) -> Path | None:
    """The engine's socket on this host; None where the engine is reached in another way."""
    host = environment.get("DOCKER_HOST") or DEFAULT_HOST
    return Path(host.removeprefix("unix://")) if host.startswith("unix://") else None


def group_of(path: Path) -> int:
    """The group that may speak through the socket. Raises CannotStepDown where there is none."""
    try:
        found = path.stat()
    except OSError as error:
        raise CannotStepDown(
            f"There is no Docker socket at {path} ({error.strerror}): mount the engine's socket "
            "there. TORCHROOM_DOCKER_SOCKET tells docker-compose.yml where the host keeps it."
        ) from None
    if not stat.S_ISSOCK(found.st_mode):
        raise CannotStepDown(
            f"{path} is no socket. Where the host has none, an engine makes an empty folder of "
            "that name: remove it on the host, and set TORCHROOM_DOCKER_SOCKET to where the socket "
            "really is."
        )
    return found.st_gid


def step_down(groups: list[int]) -> None:
    """Be USER, in `groups`, with no capability and no way to any. For good, and only as root."""
    library = ctypes.CDLL(None, use_errno=True)
    # Bounding set first: lowering it takes a capability that is gone afterwards.
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        _call(library.prctl, _PR_CAPBSET_DROP, capability, 0, 0, 0)
    _call(library.prctl, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    os.setgroups(groups)
    os.setresgid(USER, USER, USER)
    # Leaving uid 0 empties what is effective and permitted, but not what is inheritable.
    os.setresuid(USER, USER, USER)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _call(library.capset, header, nothing)
    _call(library.prctl, _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _call(function: "ctypes._NamedFuncPointer", *arguments: object) -> None:
    if function(*arguments):
        number = ctypes.get_errno()
        raise CannotStepDown(
            f"Privileges could not be given away ({os.strerror(number)}): the container needs the "
            "capabilities SETUID, SETGID and SETPCAP until it has done so."
        )


def main() -> None:
    if len(sys.argv) < 2:
        raise SystemExit("usage: python -m backend.container.step_down COMMAND [ARGUMENT]...")
    try:
        if os.geteuid() == 0:
            path = socket_path(os.environ)
            step_down([] if path is None else [group_of(path)])
        # Whoever is not root already was told by the container who to be.
        os.execvp(sys.argv[1], sys.argv[1:])
    except CannotStepDown as error:
        raise SystemExit(f"torchroom: {error}") from None
    except OSError as error:
        raise SystemExit(
            f"torchroom: {sys.argv[1]} could not be started: {error.strerror}"
        ) from None


if __name__ == "__main__":
    main()
