"""The question bank: folders under questions/ read into frozen dataclasses.

Reads text only. A question's Python files are never imported here: they need torch, and the
service neither has nor wants it. Whether a question is *sound* is for `torchroom question lint`;
this module says whether its folder is *complete and well-formed*.
"""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend.strict_toml import Table, TomlError

KINDS = {
    "code": "Implement",
    "debug": "Debug",
    "optimise": "Optimise",
}
LESSONS = {
    "tensor-operations": "Tensor operations",
    "custom-layers": "Custom layers",
    "training-loops": "Training loops",
    "loss-functions": "Loss functions",
    "data": "Data",
    "debugging": "Debugging",
    "patterns": "Patterns",
    "model-acceleration": "Model acceleration",
    "fundamentals": "Fundamentals",
}
LEVELS = {"easy": "Easy", "medium": "Medium", "hard": "Hard"}
CRITERIA = {
    "module-usage": "Module usage",
    "shape-awareness": "Shape awareness",
    "gradient-understanding": "Gradient understanding",
    "training-loop": "Training loop",
    "debugging": "Debugging",
    "engineering-judgement": "Engineering judgement",
    "communication": "Communication",
}
DEVICES = ("cpu", "cuda", "meta")
DTYPES = ("float16", "bfloat16", "float32", "float64")
HINTS = 3

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")


class BankError(Exception):
    """A question folder that cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A name the candidate's file must define, and the parameters a caller will use."""

    name: str
    parameters: str


@dataclass(frozen=True, slots=True)
class PathTolerance:
    """Tolerances for observation paths that match an fnmatch pattern."""

    pattern: str
    rtol: float
    atol: float


@dataclass(frozen=True, slots=True)
class Tolerances:
    rtol: float
    atol: float
    paths: tuple[PathTolerance, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one case may use; the slot's kernel enforces it where it can."""

    seconds: float
    memory_mb: int
    processes: int
    output_kb: int
    disk_mb: int


@dataclass(frozen=True, slots=True)
class Forbidden:
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Budget:
    """How many times the reference's time and peak memory a candidate may take."""

    time_ratio: float
    memory_ratio: float
    memory_slack_mb: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Options:
    inputs_may_change: bool
    dtypes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bug:
    """A planted bug: `broken` stands once in starter.py, and `fixed` in its place repairs it."""

    name: str
    case: str
    broken: str
    fixed: str


@dataclass(frozen=True, slots=True)
class Hint:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Followup:
    question: str
    key_points: tuple[str, ...]
    green_flags: tuple[str, ...]
    red_flags: tuple[str, ...]
    further: str


@dataclass(frozen=True, slots=True)
class Followups:
    opening: str
    closing: str
    items: tuple[Followup, ...]


@dataclass(frozen=True, slots=True)
class Question:
    slug: str
    folder: Path
    title: str
    summary: str
    kind: str
    lesson: str
    level: str
    minutes: int
    tags: tuple[str, ...]
    asked_at: tuple[str, ...]
    devices: tuple[str, ...]
    sources: tuple[str, ...]
    criteria: tuple[str, ...]
    entry: tuple[Entry, ...]
    tolerances: Tolerances
    limits: Limits
    forbidden: tuple[Forbidden, ...]
    budget: Budget | None
    options: Options
    bugs: tuple[Bug, ...]
    prompt: str
    hints: tuple[Hint, ...]
    editorial: str
    followups: Followups
    starter: str
    reference: str


@dataclass(frozen=True, slots=True)
class Bank:
    """Every question, in the order the library shows them: lesson, level, title."""

    folder: Path
    questions: tuple[Question, ...]

    def get(self, slug: str) -> Question | None:
        return next((question for question in self.questions if question.slug == slug), None)

    def search(
        self,
        q: str | None = None,
        kind: str | None = None,
        lesson: str | None = None,
        level: str | None = None,
    ) -> tuple[Question, ...]:
        """Questions that match every filter given and hold every word of `q` somewhere."""
        words = (q or "").casefold().split()
        return tuple(
            question
            for question in self.questions
            if kind in (None, question.kind)
            and lesson in (None, question.lesson)
            and level in (None, question.level)
            and all(word in _haystack(question) for word in words)
        )


def load_bank(folder: Path, on_broken: Callable[[BankError], None] | None = None) -> Bank:
    """Read every question folder under `folder`.

    The first broken folder raises BankError, unless `on_broken` is given: then it is told, and
    that question is left out. Names that start with a dot or an underscore are passed over.
    """
    if not folder.is_dir():
        raise BankError(f"There is no folder of questions at {folder}.")
    questions = []
    for path in sorted(folder.iterdir()):
        if not path.is_dir() or path.name.startswith((".", "_")):
            continue
        try:
            questions.append(load_question(path))
        except BankError as error:
            if on_broken is None:
                raise
            on_broken(error)
    lessons, levels = list(LESSONS), list(LEVELS)
    questions.sort(key=lambda q: (lessons.index(q.lesson), levels.index(q.level), q.title))
    return Bank(folder, tuple(questions))


def load_question(folder: Path) -> Question:
    """Read one question folder, or raise BankError with one sentence for its author."""
    try:
        return _load(folder)
    except TomlError as error:
        raise BankError(str(error)) from None


def _load(folder: Path) -> Question:
    if not folder.is_dir():
        raise BankError(f"There is no question folder at {folder}.")
    slug = folder.name
    if not _SLUG.fullmatch(slug):
        raise BankError(
            f"{slug}/: a question's folder is named in small letters, digits and single hyphens."
        )
    for name in ("question.toml", "probe.py", "cases.py"):
        if not (folder / name).is_file():
            raise BankError(f"{slug}/{name} is missing.")
    starter = _text(folder, "starter.py")
    table = Table.read(folder / "question.toml", f"{slug}/question.toml")
    kind = table.choice("kind", KINDS)
    question = Question(
        slug=slug,
        folder=folder,
        title=table.text("title"),
        summary=table.text("summary"),
        kind=kind,
        lesson=table.choice("lesson", LESSONS),
        level=table.choice("level", LEVELS),
        minutes=table.integer("minutes", least=1),
        tags=table.texts("tags", ()),
        asked_at=table.texts("asked_at", ()),
        devices=table.texts("devices", least=1, allowed=DEVICES),
        sources=table.texts("sources", ()),
        criteria=table.texts("criteria", (), allowed=CRITERIA),
        entry=_entry(table.table("entry")),
        tolerances=_tolerances(table.table("tolerances")),
        limits=_limits(table.table("limits")),
        forbidden=_forbidden(table.table("forbidden")),
        budget=_budget(table, kind),
        options=_options(table.table("options")),
        bugs=_bugs(table, kind, starter),
        prompt=_text(folder, "prompt.md"),
        hints=_hints(folder),
        editorial=_text(folder, "editorial.md"),
        followups=_followups(folder),
        starter=starter,
        reference=_text(folder, "reference.py"),
    )
    table.done()
    return question


def _text(folder: Path, name: str) -> str:
    path = folder / name
    if not path.is_file():
        raise BankError(f"{folder.name}/{name} is missing.")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BankError(
            f"{folder.name}/{name} is not UTF-8: {error.reason} at byte {error.start}."
        ) from None
    if not text.strip():
        raise BankError(f"{folder.name}/{name} is empty.")
    return text


def _entry(table: Table) -> tuple[Entry, ...]:
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


def _tolerances(table: Table) -> Tolerances:
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


def _limits(table: Table) -> Limits:
    limits = Limits(
        seconds=table.number("seconds", 5.0, least=0, above=True),
        memory_mb=table.integer("memory_mb", 512, least=1),
        processes=table.integer("processes", 8, least=1),
        output_kb=table.integer("output_kb", 64, least=1),
        disk_mb=table.integer("disk_mb", 64, least=1),
    )
    table.done()
    return limits


def _forbidden(table: Table) -> tuple[Forbidden, ...]:
    for name in table.names():
        if not _DOTTED.fullmatch(name.removesuffix("*").removesuffix(".")):
            raise table.complaint(
                name, "must be a dotted name such as torch.nn.LayerNorm or torch.fft.*"
            )
    return tuple(Forbidden(name, table.text(name)) for name in table.names())


def _budget(question: Table, kind: str) -> Budget | None:
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


def _options(table: Table) -> Options:
    options = Options(
        inputs_may_change=table.flag("inputs_may_change", False),
        dtypes=table.texts("dtypes", (), allowed=DTYPES),
    )
    table.done()
    return options


def _bugs(question: Table, kind: str, starter: str) -> tuple[Bug, ...]:
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


def _hints(folder: Path) -> tuple[Hint, ...]:
    """Sections of hints.md that start with `## `; a line inside a code fence starts none."""
    sections: list[tuple[str, list[str]]] = []
    fenced = False
    for line in _text(folder, "hints.md").splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        if line.startswith("## ") and not fenced:
            sections.append((line[3:].strip(), []))
        elif sections:
            sections[-1][1].append(line)
        elif line.strip():
            raise BankError(f"{folder.name}/hints.md: text stands before the first `## ` heading.")
    hints = tuple(Hint(title, "\n".join(lines).strip()) for title, lines in sections)
    if len(hints) != HINTS:
        raise BankError(
            f"{folder.name}/hints.md must have {HINTS} sections that start with `## `, "
            f"but has {len(hints)}."
        )
    for hint in hints:
        if not hint.text:
            raise BankError(f'{folder.name}/hints.md: the section "{hint.title}" is empty.')
    return hints


def _followups(folder: Path) -> Followups:
    file = f"{folder.name}/followups.toml"
    if not (folder / "followups.toml").is_file():
        raise BankError(f"{file} is missing.")
    table = Table.read(folder / "followups.toml", file)
    items = []
    for one in table.tables("followup"):
        items.append(
            Followup(
                question=one.text("question"),
                key_points=one.texts("key_points", least=1),
                green_flags=one.texts("green_flags", ()),
                red_flags=one.texts("red_flags", ()),
                further=one.text("further", ""),
            )
        )
        one.done()
    if not items:
        raise table.complaint("followup", "is missing: there must be at least one [[followup]]")
    followups = Followups(table.text("opening"), table.text("closing"), tuple(items))
    table.done()
    return followups


def _haystack(question: Question) -> str:
    fields = (
        question.slug,
        question.title,
        question.summary,
        KINDS[question.kind],
        LESSONS[question.lesson],
        *question.tags,
        *question.asked_at,
    )
    return " ".join(fields).casefold()
