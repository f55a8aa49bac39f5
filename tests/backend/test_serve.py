"""The service as a process of its own, with slots that run code for real."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psutil
import pytest

from tests.backend.example_question import REFERENCE, write_question
from tests.backend.talk import RUNS, finished, send_ok

pytestmark = pytest.mark.slow
TORCHROOM = [sys.executable, "-m", "backend.cli"]


class Service:
    """`torchroom serve` on a free port. `stop` says how long the end took, and the exit code."""

    def __init__(self, folder: Path) -> None:
        command = [*TORCHROOM, "serve", "--port", "0", "--slot", "process"]
        command += ["--data", str(folder / "data"), "--questions", str(folder / "questions")]
        with (folder / "talk.txt").open("ab") as talk:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=talk)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().decode().strip()
        assert self.address.startswith("http://127.0.0.1:"), (folder / "talk.txt").read_text()
        self.http = httpx2.Client(base_url=self.address, timeout=30)

    def stop(self, number: int) -> tuple[float, int]:
        started = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(20)
        return time.monotonic() - started, code


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    limits = {"memory_mb = 256": "memory_mb = 256\nseconds = 1.0"}
    write_question(tmp_path / "questions", "scale-rows", changes=limits)
    return tmp_path


@pytest.fixture
def services(folder: Path) -> Iterator[list[Service]]:
    started: list[Service] = []
    yield started
    for service in started:
        service.http.close()
        if service.process.poll() is None:
            service.process.kill()
            service.process.wait()
        assert service.process.stdout is not None
        service.process.stdout.close()


def start(folder: Path, services: list[Service]) -> Service:
    service = Service(folder)
    services.append(service)
    return service


def test_code_is_judged_for_real_within_the_memory_that_is_promised(
    folder: Path, services: list[Service]
) -> None:
    service = start(folder, services)
    passed = finished(service.http, send_ok(service.http, f"import torch\n{REFERENCE}"))
    assert passed["verdict"]["outcome"] == "passed", passed
    assert [case["name"] for case in passed["verdict"]["cases"]] == ["three-rows", "one-column"]
    run = finished(service.http, send_ok(service.http, f"print('hi')\n{REFERENCE}", "run"))
    assert run["verdict"]["script"]["stdout"] == "hi\n"
    assert [case["visible"] for case in run["verdict"]["cases"]] == [True]
    wrong = finished(service.http, send_ok(service.http, "def scale_rows(x, scale):\n    return x"))
    assert wrong["verdict"]["outcome"] == "failed"
    broken = finished(service.http, send_ok(service.http, "def scale_rows(x, scale:\n"))
    assert broken["verdict"]["problem"]["line"] == 1
    system = service.http.get("/api/v1/system").json()
    assert system["slot"]["kind"] == "process"
    assert "not isolated" in system["slot"]["warning"]
    assert service.http.get("/readyz").status_code == 200
    last = (folder / "talk.txt").read_text().splitlines()[-1]
    assert last == f"Torchroom is ready: {service.address}"
    assert psutil.Process(service.process.pid).memory_info().rss < 150 * 2**20


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_soon_also_with_an_open_stream_and_a_run(
    folder: Path, services: list[Service], number: int, code: int
) -> None:
    service = start(folder, services)
    finished(service.http, send_ok(service.http, REFERENCE))
    run_id = send_ok(service.http, "print('on', flush=True)\nwhile True: pass", "run")
    with service.http.stream("GET", f"{RUNS}/{run_id}/events") as stream:
        assert any("running" in line for line in stream.iter_lines())
        took, ended = service.stop(number)
    assert ended == code
    assert took < 3
    again = start(folder, services)
    assert finished(again.http, run_id)["verdict"]["script"]["outcome"] == "timed_out"


def test_a_killed_service_loses_no_run(folder: Path, services: list[Service]) -> None:
    service = start(folder, services)
    finished(service.http, send_ok(service.http, REFERENCE))
    runs = [send_ok(service.http, REFERENCE) for _ in range(3)]
    service.stop(signal.SIGKILL)
    again = start(folder, services)
    for run_id in runs:
        assert finished(again.http, run_id)["verdict"]["outcome"] == "passed"


def test_a_second_service_on_the_same_data_is_refused(
    folder: Path, services: list[Service]
) -> None:
    service = start(folder, services)
    command = [*TORCHROOM, "serve", "--port", "0", "--data", str(folder / "data")]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert f"process {service.process.pid}" in refused.stderr


def test_process_slots_are_not_offered_to_others(folder: Path) -> None:
    command = [*TORCHROOM, "serve", "--port", "0", "--host", "0.0.0.0", "--slot", "process"]
    command += ["--data", str(folder / "data")]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode == 2
    assert "Refusing to listen at 0.0.0.0" in refused.stderr


def test_a_port_that_is_taken_is_said_to_be(folder: Path, services: list[Service]) -> None:
    service = start(folder, services)
    port = service.address.rpartition(":")[2]
    command = [*TORCHROOM, "serve", "--port", port, "--slot", "process"]
    command += ["--data", str(folder / "other")]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode == 2
    assert "the address is taken" in " ".join(refused.stderr.split())


def test_judge_says_by_its_exit_code_how_it_went(folder: Path) -> None:
    def judge(slug: str, content: bytes, *options: str) -> subprocess.CompletedProcess[str]:
        (folder / "answer.py").write_bytes(content)
        command = [*TORCHROOM, "judge", slug, str(folder / "answer.py"), "--slot", "process"]
        command += ["--questions", str(folder / "questions"), *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    passed = judge("scale-rows", REFERENCE.encode())
    assert (passed.returncode, "2 of 2 cases passed" in passed.stdout) == (0, True)
    failed = judge("scale-rows", b"def scale_rows(x, scale):\n    return x\n", "--json")
    assert failed.returncode == 1
    verdict = json.loads(failed.stdout)
    assert verdict["outcome"] == "failed"
    assert verdict["cases"][0]["failure"]["path"] == "output"
    (folder / "questions" / "scale-rows" / "reference.py").write_text("raise ValueError\n")
    ours = judge("scale-rows", REFERENCE.encode())
    assert ours.returncode == 5
    assert "our failure" in ours.stderr
