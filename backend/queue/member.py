"""Who an executor is, as the others see it."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass

from backend import __version__
from backend.queue.intake import queue_name
from backend.queue.lease import MODES
from backend.settings import Settings


class NameTaken(Exception):
    """Another executor has the name; two under one name would take each other's runs for lost."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f'Another executor has joined under the name "{name}". Give each a name of its own: '
            "TORCHROOM_EXECUTOR_NAME."
        )


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    host: str
    version: str
    device: str
    """What its slots have: cpu or gpu."""
    slots: int
    alone: bool = False
    """It is the service's own, and takes what there is: nobody else may ever join."""

    def queues(self, modes: Iterable[str] = MODES) -> list[str]:
        devices = ("gpu", "cpu") if self.alone and self.device == "gpu" else (self.device,)
        return [queue_name(device, mode) for device in devices for mode in modes]


def member(settings: Settings, *, alone: bool = False) -> Member:
    """This process, as an executor. One that is `alone` belongs to a service, of which several may
    run on a host."""
    host = socket.gethostname()
    name = settings.executor_name or (f"{host}-{settings.port}" if alone else host)
    device = "cpu" if settings.device == "cpu" else "gpu"
    return Member(name, host, __version__, device, settings.slots, alone)
