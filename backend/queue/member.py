"""Who an executor is, as the others see it."""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.queue.intake import queue_name
from backend.queue.lease import MODES


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
    """Which runs it takes: cpu or gpu."""
    slots: int

    def queues(self, modes: Iterable[str] = MODES) -> list[str]:
        return [queue_name(self.device, mode) for mode in modes]
