"""The tables of question.toml that questions in code have."""

import ast
import re

from backend.bank.question import (
    Budget,
    Bug,
    Entry,
    Forbidden,
    Limits,
    Options,
    PathTolerance,
    Tolerances,
)
from backend.bank.vocabulary import DTYPES
from backend.strict_toml import Table, TomlError

_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def read_entry(table: Table) -> tuple[Entry, ...]:
    if not table.names():
        raise TomlError(
            f"{table.file}: `entry` must name at least one thing that the file defines."
        )
    entries = []
    for name in table.names():
        parameters = table.text(name, "")
        if not _DOTTED.fullmatch(name):
            raise table.complaint(name, "must be a name, or dotted names such as Module.forward")
        try:
            ast.parse(f"def call({parameters}): pass")
        except SyntaxError:
            raise table.complaint(
                name, f'is "{parameters}", which is not a parameter list of Python'
            ) from None
        entries.append(Entry(name, parameters))
    return tuple(entries)


def read_tolerances(table: Table) -> Tolerances:
    paths = table.table("paths")
    by_path = []
    for pattern in paths.names():
        one = paths.table(pattern)
        by_path.append(
            PathTolerance(pattern, one.number("rtol", least=0), one.number("atol", least=0))
        )
        one.done()
    tolerances = Tolerances(
        rtol=table.number("rtol", least=0), atol=table.number("atol", least=0), paths=tuple(by_path)
    )
    table.done()
    return tolerances


def read_limits(table: Table) -> Limits:
    limits = Limits(
        seconds=table.number("seconds", 5.0, least=0, above=True),
        memory_mb=table.integer("memory_mb", 512, least=1),
        processes=table.integer("processes", 8, least=1),
        output_kb=table.integer("output_kb", 64, least=1),
        disk_mb=table.integer("disk_mb", 64, least=1),
    )
    table.done()
    return limits


def read_forbidden(table: Table) -> tuple[Forbidden, ...]:
    for name in table.names():
        if not _DOTTED.fullmatch(name.removesuffix("*").removesuffix(".")):
            raise table.complaint(
                name, "must be a dotted name such as torch.nn.LayerNorm or torch.fft.*"
            )
    return tuple(Forbidden(name, table.text(name)) for name in table.names())


def read_budget(question: Table, kind: str) -> Budget | None:
    if kind != "optimise":
        if question.has("budget"):
            raise question.complaint("budget", 'is only for questions of kind "optimise"')
        return None
    if not question.has("budget"):
        raise question.complaint("budget", 'is missing: kind "optimise" is judged by it')
    table = question.table("budget")
    budget = Budget(
        time_ratio=table.number("time_ratio", 3.0, least=1, above=True),
        memory_ratio=table.number("memory_ratio", 2.0, least=1, above=True),
        memory_slack_mb=table.number("memory_slack_mb", 8, least=0),
        rounds=table.integer("rounds", 5, least=1),
    )
    table.done()
    return budget


def read_options(table: Table) -> Options:
    options = Options(
        inputs_may_change=table.flag("inputs_may_change", False),
        dtypes=table.texts("dtypes", (), allowed=DTYPES),
    )
    table.done()
    return options


def read_bugs(question: Table, kind: str, starter: str) -> tuple[Bug, ...]:
    if kind != "debug":
        if question.has("bugs"):
            raise question.complaint("bugs", 'are only for questions of kind "debug"')
        return ()
    bugs: list[Bug] = []
    for table in question.tables("bugs"):
        bug = Bug(
            name=table.text("name"),
            case=table.text("case"),
            broken=table.text("broken"),
            fixed=table.text("fixed", ""),
        )
        table.done()
        found = starter.count(bug.broken)
        if found != 1:
            raise table.complaint(
                "broken", f"must stand once in starter.py, but stands {found} times"
            )
        if any(bug.name == other.name for other in bugs):
            raise table.complaint("name", f'is "{bug.name}", which an earlier bug has already')
        bugs.append(bug)
    if not bugs:
        raise question.complaint("bugs", 'are missing: kind "debug" plants at least one')
    return tuple(bugs)
