"""How threads wait for news without sleeping through it."""

import threading


class News:
    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    @property
    def news(self) -> int:
        return self._count

    def wake(self) -> None:
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def wait(self, seen: int, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._count != seen, seconds)
