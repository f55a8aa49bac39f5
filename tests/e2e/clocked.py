"""The service in a thread of the test's own process, with a clock that only the test moves.

Everything else is the real thing: migrated database, queue, slots, pages, sockets.
"""

import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from backend.app import create_app
from backend.settings import Settings
from backend.slots import OpenSandbox
from sandbox.judging import Sandbox
from tests.support.needs import ROOT

START_SECONDS = 60
# A jump of the clock must not look like an executor that died over a run.
LEASE_SECONDS = 24 * 3600
BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """Stands still between two moves."""

    def __init__(self, now: datetime = BEGINNING) -> None:
        self._now = now
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        # A millisecond a look: two events in a row are not at the same time.
        with self._lock:
            self._now += timedelta(milliseconds=1)
            return self._now

    def forward(self, seconds: float) -> None:
        with self._lock:
            self._now += timedelta(seconds=seconds)


def process_slot() -> Sandbox:
    return Sandbox.open(kind="process", slots=1)


class ClockedService:
    """`with ClockedService(folder) as service:` serves at `service.url`.

    `service.clock.forward(60)` is a minute for everybody in its rooms.
    """

    def __init__(self, data: Path, open_sandbox: OpenSandbox = process_slot) -> None:
        self.clock = Clock()
        settings = Settings(
            data=data,
            questions=ROOT / "questions",
            frontend=ROOT / "frontend" / "dist",
            lease_seconds=LEASE_SECONDS,
        )
        self.app = create_app(settings, open_sandbox, self.clock)
        config = uvicorn.Config(
            self.app,
            host="127.0.0.1",
            port=0,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="clocked service")
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        until = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if time.monotonic() > until:
                self.stop()  # or its thread would keep the whole test run from ending
                raise AssertionError("the service did not start")
            time.sleep(0.05)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(START_SECONDS)

    def _is_ready(self) -> bool:
        if not self._server.started:
            return False
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as response:
                return bool(response.status == 200)
        except urllib.error.HTTPError as not_yet:
            not_yet.close()
            return False
