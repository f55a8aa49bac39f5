"""`torchroom fleet`: every executor, and what waits for one."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session

from backend.clock import rfc3339
from backend.fleet import queries
from backend.slots import read_status
from backend.terminal import printable


@dataclass(frozen=True, slots=True)
class UnderWay:
    run: str
    question: str
    mode: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Listed:
    """`state`: starting, ready, failed, draining, drained, lost (no sign of life any more)."""

    name: str
    state: str
    host: str
    role: str
    version: str
    device: str
    slots: int
    kind: str
    torch: str | None
    problem: str | None
    joined_at: str
    under_way: tuple[UnderWay, ...]


@dataclass(frozen=True, slots=True)
class FleetList:
    executors: tuple[Listed, ...]
    waiting: dict[str, int]
    """Queue -> how many runs wait in it."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def read_fleet(session: Session) -> FleetList:
    busy: dict[str, list[UnderWay]] = defaultdict(list)
    for run in queries.under_way(session):
        doing = UnderWay(run.id, run.question, run.mode, round(float(run.seconds), 1))
        busy[run.executor].append(doing)
    listed = tuple(
        _listed(row, tuple(busy[row.Executor.name])) for row in queries.executors(session)
    )
    waiting = {f"{row.device}:{row.mode}": row.runs for row in queries.waiting(session)}
    return FleetList(listed, waiting)


def _listed(row: Any, under_way: tuple[UnderWay, ...]) -> Listed:
    one = row.Executor
    told = read_status(one.status, one.slots)
    state: str = told.state
    if not row.alive:
        state = "lost"
    elif one.drain:
        state = "draining" if under_way else "drained"
    return Listed(
        one.name,
        state,
        one.host,
        one.role,
        one.version,
        one.device,
        one.slots,
        told.kind,
        told.torch,
        told.problem,
        rfc3339(one.joined_at),
        under_way,
    )


def to_text(fleet: FleetList) -> Table | Text:
    if not fleet.executors:
        return Text("No executor has joined.")
    table = Table("executor", "state", "slots", "device", "torch", "version", "does", box=None)
    for one in fleet.executors:
        doing = "\n".join(
            f"{each.mode} of {each.question} for {each.seconds:.0f} s" for each in one.under_way
        )
        slots = f"{one.slots} × {one.kind}" if one.kind else str(one.slots)
        cells = (one.name, one.state, slots, one.device, one.torch or "", one.version)
        does = one.problem or doing or "waits"
        table.add_row(*(Text(printable(text)) for text in (*cells, does)))
    waiting = sum(fleet.waiting.values())
    table.caption = f"{waiting} {'run waits' if waiting == 1 else 'runs wait'}"
    table.caption_justify = "left"
    return table
