"""A replica of the service in a process of its own, so that it can be killed.

As a program: settings as JSON, then how often it says that it is there, then after how long one
that does not is taken for gone. It prints its address once it listens.
"""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
import uvicorn

from backend.app import create_app
from backend.room import replicas
from backend.settings import Settings
from tests.backend.fake_sandbox import FakeSandbox

ROOT = Path(__file__).resolve().parents[3]


@dataclasses.dataclass
class Replica:
    process: subprocess.Popen[str]
    address: str

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def replica_process(
    settings: Settings, name: str, renew: float = 3.0, gone: float = 15.0
) -> Iterator[Replica]:
    fields = {
        "database": settings.database,
        "executor_name": name,
        **{name: str(getattr(settings, name)) for name in ("data", "questions", "frontend")},
    }
    command = [sys.executable, "-m", "tests.backend.room.replica_process"]
    process = subprocess.Popen(
        [*command, json.dumps(fields), str(renew), str(gone)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("http://"):
                yield Replica(process, line.strip())
                break
        else:
            raise AssertionError("the replica did not start")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class _Server(uvicorn.Server):
    async def startup(self, sockets: object = None) -> None:
        await super().startup(None)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"http://127.0.0.1:{port}", flush=True)


def main(fields: str, renew: str, gone: str) -> None:
    # To stdout the address alone: what a thread logs could come between it and its line's end.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    found = json.loads(fields)
    replicas.RENEW_SECONDS, replicas.GONE_SECONDS = float(renew), float(gone)
    settings = Settings(
        database=found["database"],
        executor_name=found["executor_name"],
        **{name: Path(found[name]) for name in ("data", "questions", "frontend")},
    )
    app = create_app(settings, FakeSandbox())
    _Server(uvicorn.Config(app, "127.0.0.1", 0, log_level="warning", ws="websockets-sansio")).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
