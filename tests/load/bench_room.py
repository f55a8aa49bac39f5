"""How fast a room acknowledges what is typed: one room alone, then many at once.

`make bench-room` runs it. The service is a process of its own, with slots that run code; this
process is the load. Every room has a candidate who types two edits a second and presses Run every
half minute. Afterwards each log is read back and folded: what was acknowledged must be in it.
"""

import argparse
import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psutil

from backend.room.changes import apply_all
from tests.load.typist import Typist

ROOT = Path(__file__).resolve().parents[2]
EDITS_A_SECOND = 2.0
SECONDS_BETWEEN_RUNS = 30.0
AIM_SECONDS = 0.100


@dataclass
class Bench:
    """What was measured with `rooms` rooms."""

    rooms: int
    seconds: float
    acknowledged: int = 0
    times: list[float] = field(default_factory=list)
    lost: int = 0
    differing: int = 0
    runs: int = 0
    verdicts: int = 0
    refused: int = 0
    service_cpu: float = 0.0
    """Share of one core that the service took, its slots not counted."""
    slots_cpu: float = 0.0
    load_cpu: float = 0.0
    memory_mb: float = 0.0

    def to_json(self) -> dict[str, Any]:
        cut = statistics.quantiles(self.times, n=1000, method="inclusive")
        return {
            "rooms": self.rooms,
            "seconds": self.seconds,
            "edits_acknowledged": self.acknowledged,
            "edits_a_second": round(self.acknowledged / self.seconds, 1),
            "ack_ms": {
                name: round(1000 * value, 1)
                for name, value in (
                    ("p50", cut[499]),
                    ("p90", cut[899]),
                    ("p99", cut[989]),
                    ("max", max(self.times)),
                )
            },
            "acknowledged_edits_lost": self.lost,
            "texts_that_differ": self.differing,
            "runs": self.runs,
            "verdicts": self.verdicts,
            "runs_refused": self.refused,
            "service_cpu_percent": round(100 * self.service_cpu, 1),
            "slots_cpu_percent": round(100 * self.slots_cpu, 1),
            "load_cpu_percent": round(100 * self.load_cpu, 1),
            "service_memory_mb": round(self.memory_mb, 1),
        }


class Service:
    def __init__(self, folder: Path, slot: str) -> None:
        command = [sys.executable, "-m", "backend.cli", "serve", "--port", "0"]
        command += ["--data", str(folder), "--slot", slot]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise SystemExit("The service did not start; what it said stands above.")
        self.seen = psutil.Process(self.process.pid)

    def wait_until_ready(self) -> None:
        with httpx2.Client(base_url=self.address, timeout=10) as http:
            while http.get("/readyz").status_code != 200:
                time.sleep(0.2)

    def cpu(self) -> tuple[float, float]:
        """Seconds of the processor: the service's own, and those of its children."""
        own = self.seen.cpu_times()
        below = [child.cpu_times() for child in self.seen.children(recursive=True)]
        return own.user + own.system, sum(one.user + one.system for one in below)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()


@dataclass
class Room:
    typist: Typist
    interviewer: str
    living: asyncio.Task[None] | None = None

    @property
    def runs(self) -> int:
        return self._count("run")

    @property
    def verdicts(self) -> int:
        return self._count("verdict")

    @property
    def refused(self) -> int:
        return sum(message["code"] != "stale" for message in self.typist.refused)

    def _count(self, kind: str) -> int:
        return sum(event["kind"] == kind for event in self.typist.others)


async def make_room(http: httpx2.AsyncClient, address: str, number: int, slug: str) -> Room:
    answer = await http.post("/api/v1/rooms", json={"question": slug, "clock": False})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    candidate, interviewer = (
        made[link].partition("#")[2] for link in ("candidate_link", "interviewer_link")
    )
    typist = Typist(
        address, made["id"], candidate, f"load-{number}", f"code/{slug}", place=at_a_line_end
    )
    return Room(typist, interviewer)


def at_a_line_end(text: str) -> int:
    """Comments go behind the last line, so that the code stays what it was."""
    return len(text)


async def come_in(room: Room, reference: str, door: asyncio.Semaphore) -> None:
    """Open the page, begin, and put a solution into the editor."""
    typist = room.typist
    async with door:
        room.living = asyncio.create_task(typist.live())
        while typist.connections == 0:
            await asyncio.sleep(0.02)
        await typist.command("next", stage=-1)
        while typist.version < 0:
            await asyncio.sleep(0.02)
        typist.type(f"\n{reference}\n# ")
        await typist.finish(20)
        typist.acknowledged.clear()


async def work(room: Room, slug: str, seconds: float) -> None:
    """Type and run until the time is over, then wait for all answers."""
    typist = room.typist
    begin = time.monotonic() + random.uniform(0, 1 / EDITS_A_SECOND)
    next_run = begin + random.uniform(0, SECONDS_BETWEEN_RUNS)
    for number in range(int(seconds * EDITS_A_SECOND)):
        await asyncio.sleep(max(0.0, begin + number / EDITS_A_SECOND - time.monotonic()))
        typist.type(random.choice(["x", "word ", "é", "😀", f"{number} ", "\n# "]))
        if time.monotonic() >= next_run:
            next_run += SECONDS_BETWEEN_RUNS
            await typist.command("run", question=slug, mode="run")
    await typist.finish(20)
    deadline = time.monotonic() + 20
    while room.verdicts < room.runs and time.monotonic() < deadline:
        await asyncio.sleep(0.1)


async def go_home(room: Room) -> None:
    assert room.living is not None
    room.living.cancel()
    await asyncio.gather(room.living, return_exceptions=True)


async def check(http: httpx2.AsyncClient, room: Room, bench: Bench) -> None:
    """Read the log back: every acknowledged edit is there, and it gives the text on the screen."""
    typist = room.typist
    headers = {"Authorization": f"Bearer {room.interviewer}"}
    answer = await http.get(f"/api/v1/rooms/{typist.room}/log", headers=headers)
    text, kept = "", set()
    for event in answer.json()["events"]:
        body = event["body"]
        if event["kind"] == "opened" and body["document"] == typist.document:
            text = body["text"]
        elif event["kind"] == "edit" and body["document"] == typist.document:
            text = apply_all(text, body["changes"])
            kept.add(event["seq"])
    bench.lost += sum(typed.seq not in kept for typed in typist.acknowledged)
    bench.differing += text != typist.text
    bench.acknowledged += len(typist.acknowledged)
    bench.times += [typed.seconds for typed in typist.acknowledged]
    bench.runs += room.runs
    bench.verdicts += room.verdicts
    bench.refused += room.refused


async def measure(service: Service, count: int, seconds: float, slug: str) -> Bench:
    bench = Bench(count, seconds)
    reference = (ROOT / "questions" / slug / "reference.py").read_text(encoding="utf-8")
    limits = httpx2.Limits(max_connections=8)
    async with httpx2.AsyncClient(base_url=service.address, timeout=60, limits=limits) as http:
        rooms = [await make_room(http, service.address, number, slug) for number in range(count)]
        door = asyncio.Semaphore(8)
        await asyncio.gather(*(come_in(room, reference, door) for room in rooms))
        load = psutil.Process()
        before, load_before = service.cpu(), load.cpu_times()
        began = time.monotonic()
        await asyncio.gather(*(work(room, slug, seconds) for room in rooms))
        took = time.monotonic() - began
        after, load_after = service.cpu(), load.cpu_times()
        bench.service_cpu = (after[0] - before[0]) / took
        bench.slots_cpu = (after[1] - before[1]) / took
        bench.load_cpu = (
            load_after.user + load_after.system - load_before.user - load_before.system
        ) / took
        bench.memory_mb = service.seen.memory_info().rss / 2**20
        for room in rooms:
            await go_home(room)
            await check(http, room, bench)
    return bench


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rooms", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=40.0, help="how long each part types")
    parser.add_argument("--question", default="layer-norm")
    parser.add_argument("--slot", default="auto", help="how code is confined")
    parser.add_argument("--json", action="store_true", help="print everything, as JSON")
    wanted = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory(prefix="torchroom-bench-") as folder:
        service = Service(Path(folder), wanted.slot)
        try:
            service.wait_until_ready()
            for count in (1, wanted.rooms):
                bench = asyncio.run(
                    measure(service, count, wanted.seconds, wanted.question)
                ).to_json()
                results.append(bench)
                if not wanted.json:
                    print(sentence(bench), flush=True)
        finally:
            service.stop()
    if wanted.json:
        print(json.dumps(results, indent=2))
    whole = results[-1]
    lost = sum(one["acknowledged_edits_lost"] + one["texts_that_differ"] for one in results)
    return 0 if lost == 0 and whole["ack_ms"]["p99"] <= 1000 * AIM_SECONDS else 1


def sentence(bench: dict[str, Any]) -> str:
    ack = bench["ack_ms"]
    return (
        f"{bench['rooms']} rooms, {bench['edits_a_second']} edits a second, {bench['runs']} runs "
        f"({bench['verdicts']} verdicts, {bench['runs_refused']} put off): acknowledged "
        f"within {ack['p50']} ms (half), {ack['p99']} ms (99%), {ack['max']} ms (all); "
        f"acknowledged and lost: {bench['acknowledged_edits_lost']}, "
        f"texts that differ: {bench['texts_that_differ']}; "
        f"service {bench['service_cpu_percent']}% of a core and {bench['service_memory_mb']} MB, "
        f"slots {bench['slots_cpu_percent']}%, load {bench['load_cpu_percent']}%."
    )


if __name__ == "__main__":
    sys.exit(main())
