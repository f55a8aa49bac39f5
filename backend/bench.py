"""`torchroom bench`: how long a verdict takes, beside two other ways to come to one, in one run.

The three ways take turns, so that a noisy machine is noisy for all of them: a container started
for every submission (what most judges do), our warm slot, and the same probe and check in one
process with no isolation at all.
"""

import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from rich.console import Console
from rich.table import Table

from sandbox.errors import OurFailure
from sandbox.image.build import image_tag
from sandbox.judging import Sandbox

ROUNDS = 4
SLOTS = (1, 2, 4)
# Before a single verdict: a person does not submit in the very moment of the last one. Where
# throughput is measured there is none.
PAUSE = 0.05
READY_SECONDS = 120.0

Say = Callable[[str], None]


@dataclass(slots=True)
class Timings:
    """Seconds of single verdicts, gathered over the rounds."""

    name: str
    seconds: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, float | int | str]:
        """p50 and p95 in milliseconds; p95 is None below 20 measurements."""
        ordered = sorted(self.seconds)
        many = len(ordered) >= 20
        return {
            "way": self.name,
            "verdicts": len(ordered),
            "p50_ms": round(statistics.median(ordered) * 1000, 1),
            "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 1) if many else "too few",
            "fastest_ms": round(ordered[0] * 1000, 1),
        }


def run_bench(questions: Path, slug: str, kind: str, count: int, say: Say) -> dict[str, Any]:
    """Measure all there is to measure; takes a minute or two. Everything is in the result."""
    folder = questions / slug
    reference = folder / "reference.py"
    source = reference.read_text(encoding="utf-8")
    unisolated = Timings("no isolation, one warm process")
    warm = Timings("warm slot, at the executor")
    over_http = Timings("warm slot, over HTTP")
    cold = Timings("docker run for each submission")
    each = max(1, count // ROUNDS)
    with Sandbox.open(kind=kind, slots=1, progress=say) as sandbox, _service(questions, kind) as at:
        image = image_tag()
        _post_and_wait(at.port, slug, source)
        for number in range(ROUNDS):
            say(f"Round {number + 1} of {ROUNDS}")
            unisolated.seconds += _unisolated(folder, reference, each)
            warm.seconds += [_judge(sandbox, folder, source, PAUSE) for _ in range(each)]
            over_http.seconds += [_post_and_wait(at.port, slug, source) for _ in range(each)]
            if sandbox.kind == "docker":
                cold.seconds += [_docker_run(folder, reference, image) for _ in range(2)]
        memory = {
            "service_mb": round(_resident_mb(at.pid)),
            "slot_mb": _slot_memory_mb() if sandbox.kind == "docker" else None,
        }
        found_kind, torch = sandbox.kind, sandbox.torch
    throughput = [_throughput(kind, slots, folder, source, say) for slots in SLOTS]
    ways = [way for way in (unisolated, warm, over_http, cold) if way.seconds]
    result: dict[str, Any] = {
        "question": slug,
        "slot": found_kind,
        "torch": torch,
        "cores": os.cpu_count(),
        "load_average_before": os.getloadavg()[0],
        "ways": [way.summary() for way in ways],
        "throughput": throughput,
        "memory": memory,
    }
    result["aims"] = _aims(unisolated, warm, over_http, cold, throughput, memory)
    return result


def _aims(
    unisolated: Timings,
    warm: Timings,
    over_http: Timings,
    cold: Timings,
    throughput: list[dict[str, Any]],
    memory: dict[str, Any],
) -> list[dict[str, Any]]:
    p50 = {way.name: statistics.median(way.seconds) * 1000 for way in (unisolated, warm, over_http)}
    allowed = 2 * p50[unisolated.name] + 10
    aims = [
        _aim("over HTTP, p50", p50[over_http.name], 30, "ms"),
        _aim("at the executor, p50 (twice no isolation + 10)", p50[warm.name], allowed, "ms"),
        _aim("verdicts a second", max(t["a_second"] for t in throughput), 40, "/s", least=True),
        _aim("service memory", memory["service_mb"], 150, "MB"),
    ]
    if cold.seconds:
        times = statistics.median(cold.seconds) * 1000 / p50[warm.name]
        aims.append(_aim("faster than docker run", times, 40, "times", least=True))
    if memory["slot_mb"] is not None:
        aims.append(_aim("slot memory", memory["slot_mb"], 400, "MB"))
    return aims


def _aim(
    name: str, measured: float, aim: float, unit: str, *, least: bool = False
) -> dict[str, Any]:
    reached = measured >= aim if least else measured <= aim
    return {
        "what": name,
        "measured": round(measured, 1),
        "aim": f"{'at least' if least else 'at most'} {aim:.0f}",
        "unit": unit,
        "reached": reached,
    }


def _judge(sandbox: Sandbox, folder: Path, source: str, pause: float = 0.0) -> float:
    sandbox.prepare_ahead(folder)  # as the executor does while it is idle
    time.sleep(pause)
    started = time.perf_counter()
    verdict = sandbox.judge(folder, source)
    seconds = time.perf_counter() - started
    if verdict.outcome != "passed":
        raise OurFailure(f"the reference of {folder.name} did not pass: {verdict.outcome}")
    return seconds


def _unisolated(folder: Path, file: Path, count: int) -> list[float]:
    command = [sys.executable, "-m", "sandbox.image.unisolated", str(folder), str(file), str(count)]
    done = subprocess.run(command, capture_output=True, check=True)
    return [float(seconds) for seconds in json.loads(done.stdout)]


def _docker_run(folder: Path, file: Path, image: str) -> float:
    import docker

    client = docker.from_env()
    started = time.perf_counter()
    client.containers.run(
        image,
        entrypoint=["python", "-m", "sandbox.image.unisolated"],
        command=["/question", f"/question/{file.name}", "1"],
        volumes={str(folder.resolve()): {"bind": "/question", "mode": "ro"}},
        network_mode="none",
        remove=True,
    )
    return time.perf_counter() - started


def _throughput(kind: str, slots: int, folder: Path, source: str, say: Say) -> dict[str, Any]:
    """Verdicts a second with as many submitters as slots, for a few seconds."""
    seconds = 6.0
    say(f"Throughput with {slots} slot{'s' if slots > 1 else ''}")
    with Sandbox.open(kind=kind, slots=slots, progress=say) as sandbox:
        while sandbox.pool.ready() < slots:
            time.sleep(0.1)
        _judge(sandbox, folder, source)
        done: list[float] = []
        until = time.perf_counter() + seconds

        def submit() -> None:
            while time.perf_counter() < until:
                done.append(_judge(sandbox, folder, source))

        threads = [threading.Thread(target=submit) for _ in range(slots)]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rate = len(done) / (time.perf_counter() - started)
    return {"slots": slots, "a_second": round(rate, 1)}


@dataclass(frozen=True, slots=True)
class _Address:
    port: int
    pid: int


@contextmanager
def _service(questions: Path, kind: str) -> Iterator[_Address]:
    """A service of its own on a free port, with its data in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="torchroom-bench-") as data:
        command = [sys.executable, "-m", "backend.cli", "serve", "--port", "0", "--data", data]
        command += ["--questions", str(questions.resolve()), "--slot", kind, "--slots", "1"]
        words = (Path(data) / "serve.log").open("w+")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=words, text=True)
        try:
            assert process.stdout is not None
            port = _port_of(process.stdout.readline())
            if port is None:
                words.seek(0)
                raise OurFailure(f"the service did not start: {words.read()[-500:]}")
            _wait_until_ready(port)
            yield _Address(port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            words.close()


def _port_of(address: str) -> int | None:
    digits = address.strip().rstrip("/").rpartition(":")[2]
    return int(digits) if digits.isdigit() else None


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/readyz")
        if connection.getresponse().status == 200:
            return
        connection.close()
        time.sleep(0.1)
    raise OurFailure(f"the service was not ready within {READY_SECONDS:.0f} s")


_kept: dict[int, http.client.HTTPConnection] = {}


def _post_and_wait(port: int, slug: str, source: str) -> float:
    """From sending the code to the last byte of the finished run, as the page does it."""
    connection = _kept.setdefault(port, http.client.HTTPConnection("127.0.0.1", port, timeout=60))
    body = json.dumps({"question": slug, "mode": "submit", "code": source})
    time.sleep(PAUSE)
    started = time.perf_counter()
    connection.request("POST", "/api/v1/runs", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    run = json.loads(response.read())
    if response.status != 202:
        raise OurFailure(f"the service answered {response.status}: {run}")
    connection.request("GET", f"/api/v1/runs/{run['id']}/events")
    stream = connection.getresponse()
    finished = last_event(stream)
    seconds = time.perf_counter() - started
    stream.read()
    if finished["verdict"]["outcome"] != "passed":
        raise OurFailure(f"the reference of {slug} did not pass over HTTP")
    return seconds


def last_event(stream: http.client.HTTPResponse) -> dict[str, Any]:
    """The finished run, at the end of its events. Raises OurFailure where they end before."""
    event = ""
    for raw in stream:
        name, _, value = raw.decode().rstrip("\n").partition(": ")
        if name == "event":
            event = value
        elif name == "data" and event == "finished":
            found: dict[str, Any] = json.loads(value)
            return found
    raise OurFailure("the events ended before the run had finished")


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _slot_memory_mb() -> int:
    """The most that a slot's cgroup is charged with, page cache left out."""
    import docker

    found = [0]
    for container in docker.from_env().containers.list(filters={"label": "torchroom=zygote"}):
        memory = cast(dict[str, Any], container.stats(stream=False))["memory_stats"]
        cache = memory["stats"].get("total_inactive_file", memory["stats"].get("inactive_file", 0))
        found.append((memory["usage"] - cache) // (1 << 20))
    return max(found)


def print_result(result: dict[str, Any], out: Console) -> None:
    """The result as tables for a person."""
    head = f"{result['question']} on {result['slot']} slots, torch {result['torch']}, "
    out.print(f"{head}{result['cores']} cores", style="bold")
    ways = Table("way", "verdicts", "p50 ms", "p95 ms", "fastest ms")
    for way in result["ways"]:
        ways.add_row(*(str(value) for value in way.values()))
    out.print(ways)
    rates = Table("slots", "verdicts a second")
    for rate in result["throughput"]:
        rates.add_row(str(rate["slots"]), str(rate["a_second"]))
    out.print(rates)
    aims = Table("aim", "measured", "to reach", "")
    for aim in result["aims"]:
        measured = f"{aim['measured']} {aim['unit']}"
        aims.add_row(aim["what"], measured, aim["aim"], "reached" if aim["reached"] else "missed")
    out.print(aims)
