"""How the engine scales, keeps Runs quick, and what it adds to a verdict; the jobs are stand-ins.

`make bench-scale` runs it: a real Postgres (TCP, fsync), the service with its executors elsewhere,
and executors as processes, each under a role of its own; only that a job sleeps instead of judging,
so that two cores show the engine's own scaling. What is compared takes turns in one run, so that a
noisy machine is noisy for all of it.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.db import Database
from backend.fleet import roles
from tests.load.scale_aims import aims, show
from tests.load.scale_parts import (
    Client,
    Connection,
    Server,
    Told,
    count,
    executors,
    look_into,
    new_database,
    postgres,
    service,
    wait_until,
)

FLEETS = (1, 2, 4)
# Of executors with two slots each: the first of the two is kept for Submits.
LATENCY_FLEETS = (1, 2)
# Submits that wait before Runs are timed, and what their number is then filled up to.
FLOOD = 100
PAUSE, TICK = 0.05, 0.01
STAGES = ("answered", "started_at", "ended_at", "finished")

_WAITING = "SELECT count(*) FROM runs WHERE state = 'queued'"
_UNFINISHED = "SELECT count(*) FROM runs WHERE state IN ('queued', 'running')"
_JOINED = "SELECT count(*) FROM executors"
_DRAINED = """
SELECT extract(epoch FROM max(finished_at) - min(started_at))::float8, count(*),
    count(*) FILTER (WHERE state = 'finished' AND delivery = 1)
FROM runs WHERE id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Bench:
    folder: Path
    server: Server
    wanted: argparse.Namespace
    say: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Web:
    """A service whose executors are elsewhere, and what they need to join."""

    client: Client
    rows: Connection
    executor_urls: list[str]


@contextmanager
def web(bench: Bench, name: str, job: float, roles_wanted: int) -> Iterator[Web]:
    url = new_database(bench.server, name)
    settings = {"DATABASE": url, "EXECUTOR": "elsewhere"}
    with service(bench.folder / name, job, **settings) as client, look_into(url) as rows:
        database = Database(url)
        urls = [roles.add(database, f"{name}_{number}") for number in range(roles_wanted)]
        database.close()
        yield Web(client, rows, urls)


def measure_scaling(bench: Bench) -> list[dict[str, Any]]:
    """The same number of queued Submits, drained by so many executors with one slot each."""
    job, runs = bench.wanted.job_ms / 1000, bench.wanted.runs
    found: dict[int, list[dict[str, float]]] = {fleet: [] for fleet in FLEETS}
    with web(bench, "scaling", job, max(FLEETS)) as here:
        for number in range(bench.wanted.rounds):
            for fleet in FLEETS:
                bench.say(f"Round {number + 1}: {runs} Submits, executors: {fleet}")
                found[fleet].append(_drain(bench, here, fleet, runs, job))
    one = statistics.median(each["a_second"] for each in found[1])
    return [
        {
            "executors": fleet,
            **(middle := {name: _median(each[name] for each in parts) for name in parts[0]}),
            "of_linear": round(middle["a_second"] / (fleet * one), 3),
            "of_ideal": round(middle["a_second"] * job / fleet, 3),
            "rounds_a_second": [round(each["a_second"], 1) for each in parts],
        }
        for fleet, parts in found.items()
    ]


def _drain(bench: Bench, here: Web, fleet: int, runs: int, job: float) -> dict[str, float]:
    urls = here.executor_urls[:fleet]
    with executors(bench.folder, urls, job, 1, gate=True) as programs:
        sent = [here.client.send("submit") for _ in range(runs)]
        wait_until(lambda: count(here.rows, _JOINED) == fleet, "executors to join")
        for program in programs:
            program.open_gate()
        parts = ([bench.server], [here.client.program], programs)
        before = [sum(one.cpu() for one in part) for part in parts]
        wait_until(lambda: count(here.rows, _UNFINISHED) == 0, "the queue to be empty", 300)
        after = [sum(one.cpu() for one in part) for part in parts]
    wait_until(lambda: count(here.rows, _JOINED) == 0, "executors to leave")
    row = here.rows.execute(_DRAINED, [sent]).fetchone()
    assert row is not None
    seconds, there, once = row
    assert (there, once) == (runs, runs), row
    spent = {
        f"{name}_cpu_ms": 1000 * (late - early) / runs
        for name, early, late in zip(("postgres", "web", "executors"), before, after, strict=True)
    }
    return {
        "a_second": runs / seconds,
        "engine_ms": 1000 * (seconds * fleet / runs - job),
        **spent,
    }


def measure_runs(bench: Bench) -> list[dict[str, Any]]:
    """A Run at a time, with nothing else to do and while Submits never stop waiting."""
    job = bench.wanted.job_ms / 1000
    results = []
    with web(bench, "latency", job, max(LATENCY_FLEETS)) as here:
        for fleet in LATENCY_FLEETS:
            bench.say(f"Runs while Submits flood, executors: {fleet}")
            least = FLOOD
            idle: list[Told] = []
            flooded: list[Told] = []
            with executors(bench.folder, here.executor_urls[:fleet], job, 2):
                here.client.wait_for_slots(2 * fleet)
                here.client.time_one("run")
                each = max(1, bench.wanted.probes // bench.wanted.rounds)
                for _ in range(bench.wanted.rounds):
                    idle += _probe(here.client, "run", each)
                    with _flood(here) as waiting:
                        flooded += _probe(here.client, "run", each)
                    least = min(least, *waiting)
                    wait_until(lambda: count(here.rows, _UNFINISHED) == 0, "the flood to end")
            wait_until(lambda: count(here.rows, _JOINED) == 0, "executors to leave")
            results.append(
                {
                    "executors": fleet,
                    "slots_each": 2,
                    "idle": _times(idle),
                    "flooded": _times(flooded),
                    "p95_times_idle": round(_p95(flooded) / _p95(idle), 2),
                    "least_waiting": least,
                }
            )
    return results


@contextmanager
def _flood(here: Web) -> Iterator[list[int]]:
    """Submits that wait, all the time; gives how many did, look by look."""
    client, over = here.client.another(), threading.Event()
    waiting: list[int] = []
    broken: list[BaseException] = []
    for _ in range(FLOOD):
        client.send("submit")

    def pour() -> None:
        try:
            while not over.wait(TICK):
                waiting.append(count(here.rows, _WAITING))
                # One by one, and not in bursts: a Run that comes with a burst waits for the service
                # and not for the queue.
                for _ in range(min(2, FLOOD - waiting[-1])):
                    client.send("submit")
        except BaseException as error:
            broken.append(error)

    thread = threading.Thread(target=pour)
    thread.start()
    try:
        yield waiting
    finally:
        over.set()
        thread.join()
    if broken:
        raise broken[0]


def _probe(client: Client, mode: str, times: int) -> list[Told]:
    told = []
    for _ in range(times):
        # Never in step with the jobs that are under way.
        time.sleep(random.uniform(PAUSE / 2, 3 * PAUSE / 2))
        told.append(client.time_one(mode))
    return told


def measure_added(bench: Bench) -> list[dict[str, Any]]:
    """The same job, of no length, by the three ways in which a service can have it judged."""
    ways: dict[str, Client] = {}
    with ExitStack() as stack:
        ways["embedded"] = stack.enter_context(service(bench.folder / "embedded", 0.0))
        url = new_database(bench.server, "here")
        ways["postgres"] = stack.enter_context(service(bench.folder / "here", 0.0, DATABASE=url))
        elsewhere = stack.enter_context(web(bench, "elsewhere", 0.0, 1))
        ways["executor"] = elsewhere.client
        stack.enter_context(executors(bench.folder, elsewhere.executor_urls, 0.0, 1))
        told: dict[str, list[Told]] = {way: [] for way in ways}
        for client in ways.values():
            client.wait_for_slots(1)
            _probe(client, "submit", 5)
        turns = 4 * bench.wanted.rounds
        for number in range(turns):
            if number % 4 == 0:
                bench.say(f"Round {number // 4 + 1}: three ways to a verdict")
            for way, client in ways.items():
                told[way] += _probe(client, "submit", max(1, bench.wanted.probes // turns))
    base = statistics.median(one.finished for one in told["embedded"])
    return [
        {
            "way": way,
            **_times(all_told),
            "added_ms": _ms(statistics.median(one.finished for one in all_told) - base),
        }
        for way, all_told in told.items()
    ]


def _times(told: Sequence[Told]) -> dict[str, Any]:
    seconds = [one.finished for one in told]
    return {
        "runs": len(told),
        "p50_ms": _ms(statistics.median(seconds)),
        "p95_ms": _ms(_p95(told)),
        "max_ms": _ms(max(seconds)),
        "stages_p50_ms": {
            name: _ms(statistics.median(getattr(one, name) for one in told)) for name in STAGES
        },
    }


def _p95(told: Sequence[Told]) -> float:
    return statistics.quantiles((one.finished for one in told), n=20, method="inclusive")[-1]


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)


def _median(values: Iterator[float]) -> float:
    return round(statistics.median(values), 2)


def machine(server: Server) -> dict[str, Any]:
    """What the figures were measured on; a commit waits for the disk."""
    seconds = []
    with look_into(server.url) as connection:
        connection.execute("CREATE TABLE stamp (at timestamptz)")
        for _ in range(50):
            began = time.perf_counter()
            connection.execute("INSERT INTO stamp VALUES (now())")
            seconds.append(time.perf_counter() - began)
        settings = {}
        for name in ("server_version", "fsync", "synchronous_commit"):
            row = connection.execute(f"SHOW {name}".encode()).fetchone()
            assert row is not None
            settings[name] = row[0]
    return {
        "cores": os.cpu_count(),
        "load_average": [round(one, 1) for one in os.getloadavg()],
        "postgres": settings,
        "commit_ms": round(1000 * statistics.median(seconds), 2),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=500, help="Submits that wait at the start")
    parser.add_argument("--job-ms", type=float, default=50.0, help="how long a job sleeps")
    parser.add_argument("--probes", type=int, default=100, help="verdicts timed one by one")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", choices=("scaling", "runs", "added"))
    parser.add_argument("--json", action="store_true", help="print everything, as JSON")
    wanted = parser.parse_args()

    def say(sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="torchroom-bench-") as folder, postgres() as server:
        bench = Bench(Path(folder), server, wanted, say)
        about = machine(server)
        parts = {
            name: measure(bench) if wanted.only in (None, name) else []
            for name, measure in (
                ("scaling", measure_scaling),
                ("runs", measure_runs),
                ("added", measure_added),
            )
        }
    scaling, latency, added = parts.values()
    result = {
        "machine": about,
        "job_ms": wanted.job_ms,
        "runs": wanted.runs,
        "scaling": scaling,
        "run_latency": latency,
        "added": added,
        "aims": aims(scaling, latency, added),
    }
    if wanted.json:
        print(json.dumps(result, indent=2))
    else:
        show(result)
    return 0 if all(aim["reached"] for aim in result["aims"]) else 1


if __name__ == "__main__":
    sys.exit(main())
