"""The real service, as a process of its own that a test may stop and start again."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.support.needs import ROOT

START_SECONDS = 60
STOP_SECONDS = 10


class Service:
    """`torchroom serve` on a fixed port of its own, with its data in `data`."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._data = data
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_up(self) -> bool:
        return self._process is not None

    @property
    def database(self) -> str:
        """URL of its database, for what is put there beside the service."""
        return f"sqlite:///{self._data / 'torchroom.db'}"

    def start(self) -> None:
        """Returns when a slot is ready to judge."""
        own = {
            name: value for name, value in os.environ.items() if not name.startswith("TORCHROOM_")
        }
        variables = {
            "TORCHROOM_PORT": str(self.port),
            "TORCHROOM_DATA": str(self._data),
            "TORCHROOM_SLOT": "process",
            **self._settings,
        }
        with (self._data / "service.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(ROOT / ".venv" / "bin" / "torchroom"), "serve"],
                cwd=ROOT,
                env={**own, **variables},
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise AssertionError(f"the service did not start:\n{self.log()}")
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"the service did not stop on SIGTERM:\n{self.log()}") from None
        finally:
            self._process = None

    def kill(self) -> None:
        """As a crash would: nothing is said, nothing is tidied up."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def log(self) -> str:
        return (self._data / "service.log").read_text()

    def get(self, path: str, **headers: str) -> Any:
        request = urllib.request.Request(f"{self.url}/api/v1{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=5) as response:
            return json.load(response)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5) as response:
            return json.load(response)

    def post_run(self, question: str, code: str) -> int:
        """The status with which a Submit is answered."""
        body = json.dumps({"question": question, "mode": "submit", "code": code}).encode()
        request = urllib.request.Request(
            f"{self.url}/api/v1/runs", body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def _is_ready(self) -> bool:
        try:
            return bool(self.get("/system")["slot"]["state"] == "ready")
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
