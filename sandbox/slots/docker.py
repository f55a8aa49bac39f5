"""A slot that is a locked-down container. Everything is said over the attached stream, so the
engine may be remote.

Network none, root read-only, memory with swap equal, process and CPU limits, all capabilities
dropped but the three that process 1 needs to change a child's uid and to kill it. Nothing is
mounted but tmpfs. When we die the stream ends, on which the zygote ends, on which the engine
removes the container: nothing is left over.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, DockerException

from sandbox.channel import Channel
from sandbox.errors import OurFailure, SlotUnavailable
from sandbox.image.build import ensure_image
from sandbox.slots import Program, SlotKind, SlotLimits

LABEL = "torchroom"
SECCOMP = Path(__file__).parents[1] / "image" / "seccomp.json"
# RLIMIT_NPROC counts by the host's uid, so slots must not share one; below 65536 for engines with
# user namespaces.
UIDS_PER_SLOT = 8
_FIRST_UID, _UID_BLOCKS = 20_000, 5_000
_MULTIPLEXED = struct.Struct(">BxxxI")
_STDERR = 2


class DockerHost:
    """Starts slots and judges on one Docker engine."""

    kind: SlotKind = "docker"

    def __init__(self, client: docker.DockerClient, image: str) -> None:
        self._client, self._image = client, image
        self._blocks = itertools.count(secrets.randbelow(_UID_BLOCKS))

    @classmethod
    def connect(cls, progress: Callable[[str], None] = lambda _: None) -> DockerHost:
        """Reach the engine named by DOCKER_HOST or the local one, and build the image if it lacks
        it.
        """
        try:
            client = docker.from_env(timeout=60)
            client.ping()
        except DockerException as error:
            raise SlotUnavailable(
                f"no Docker engine answers ({_short(error)}); start one, or set DOCKER_HOST"
            ) from None
        try:
            return cls(client, ensure_image(client, progress))
        except OurFailure as error:
            client.close()
            raise SlotUnavailable(f"no sandbox image: {error}") from None

    def start(self, program: Program, limits: SlotLimits) -> Channel:
        """Create a container, attach to it, start it."""
        api = self._client.api
        try:
            created = api.create_container(
                self._image,
                command=self._arguments(program, limits),
                entrypoint=["python", "-m", f"sandbox.image.{program}"],
                user="0:0" if program == "zygote" else "65534:65534",
                stdin_open=True,
                detach=False,
                labels={LABEL: program},
                host_config=self._host_config(program, limits),
                network_disabled=True,
            )
            container = created["Id"]
            params = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            attached = api.attach_socket(container, params=params)
            api.start(container)
        except (DockerException, OSError) as error:
            raise OurFailure(f"the Docker engine did not start a slot: {_short(error)}") from None
        inner = getattr(attached, "_sock", attached)
        stream = _descriptor(inner)
        demultiplexer = Demultiplexer()

        def stop() -> None:
            with contextlib.suppress(DockerException, OSError):
                attached.close()
                inner.close()
            with contextlib.suppress(DockerException, OSError):
                api.remove_container(container, force=True)

        return Channel(stream, stream, stop, lambda: demultiplexer.last_words, demultiplexer.decode)

    def close(self) -> None:
        """Let go of the engine."""
        self._client.close()

    def _arguments(self, program: Program, limits: SlotLimits) -> list[str]:
        if program == "judge":
            return []
        first = _FIRST_UID + (next(self._blocks) % _UID_BLOCKS) * UIDS_PER_SLOT
        return ["--uid", str(first), "--uids", str(UIDS_PER_SLOT), "--device", limits.device]

    def _host_config(self, program: Program, limits: SlotLimits) -> Any:
        memory = f"{limits.memory_mb}m"
        gpu = docker.types.DeviceRequest(count=-1, capabilities=[["gpu"]])
        return self._client.api.create_host_config(
            auto_remove=True,
            network_mode="none",
            ipc_mode="none",
            read_only=True,
            cap_drop=["ALL"],
            cap_add=["SETUID", "SETGID", "KILL"] if program == "zygote" else [],
            security_opt=["no-new-privileges", f"seccomp={SECCOMP.read_text()}"],
            mem_limit=memory,
            memswap_limit=memory,
            pids_limit=limits.pids,
            nano_cpus=int(min(limits.cpus, os.cpu_count() or 1) * 1e9),
            tmpfs={
                "/tmp": f"size={limits.tmp_mb}m,mode=1777,nr_inodes=16384",
                "/dev/shm": f"size={limits.shm_mb}m,mode=1777,nr_inodes=16384",
            },
            # The engine would write every frame to its log otherwise.
            log_config=docker.types.LogConfig(type="none"),
            device_requests=[gpu] if limits.device != "cpu" and program == "zygote" else None,
        )


class Demultiplexer:
    """Takes Docker's attach stream apart: stdout goes on, the end of stderr is kept."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.last_words = ""

    def decode(self, data: bytes) -> bytes:
        """What of `data`, and of what came before, the program wrote to stdout."""
        self._buffer += data
        out = bytearray()
        at = 0
        while len(self._buffer) - at >= _MULTIPLEXED.size:
            stream, length = _MULTIPLEXED.unpack_from(self._buffer, at)
            start = at + _MULTIPLEXED.size
            if len(self._buffer) - start < length:
                break
            part = self._buffer[start : start + length]
            if stream == _STDERR:
                self.last_words = (self.last_words + part.decode(errors="replace"))[-4096:]
            else:
                out += part
            at = start + length
        del self._buffer[:at]
        return bytes(out)


def _descriptor(inner: Any) -> int:
    """A file descriptor of our own for the stream. TLS is taken off by two threads."""
    if not isinstance(inner, ssl.SSLSocket):
        return os.dup(inner.fileno())
    ours, theirs = socket.socketpair()
    inner.settimeout(None)
    for source, target in ((inner, theirs), (theirs, inner)):
        threading.Thread(target=_pump, args=(source, target), daemon=True).start()
    return ours.detach()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _short(error: Exception) -> str:
    text = error.explanation if isinstance(error, APIError) else None
    return str(text or error).splitlines()[0][:300]
