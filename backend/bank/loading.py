"""One question folder, read into a `Question`: which files it must have depends on its kind."""

import re
from pathlib import Path
from typing import Any

from backend.bank import item_files, tables
from backend.bank.digest import digest_of
from backend.bank.question import BankError, Question
from backend.bank.texts import read_followups, read_hints, read_text
from backend.bank.vocabulary import CODE_KINDS, CRITERIA, DEVICES, KINDS, LESSONS, LEVELS
from backend.strict_toml import Table, TomlError

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


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
    _must_have(folder, "question.toml")
    table = Table.read(folder / "question.toml", f"{slug}/question.toml")
    kind = table.choice("kind", KINDS)
    read = _with_code if kind in CODE_KINDS else _with_items
    question = read(folder, table, kind)
    table.done()
    return question


def _must_have(folder: Path, *names: str) -> None:
    for name in names:
        if not (folder / name).is_file():
            raise BankError(f"{folder.name}/{name} is missing.")


def _with_code(folder: Path, table: Table, kind: str) -> Question:
    """Answered by a program: kinds code, debug and optimise."""
    _must_have(folder, "probe.py", "cases.py")
    starter = read_text(folder, "starter.py")
    return Question(
        **_about(folder, table, kind),
        devices=table.texts("devices", least=1, allowed=DEVICES),
        entry=tables.read_entry(table.table("entry")),
        tolerances=tables.read_tolerances(table.table("tolerances")),
        forbidden=tables.read_forbidden(table.table("forbidden")),
        budget=tables.read_budget(table, kind),
        options=tables.read_options(table.table("options")),
        bugs=tables.read_bugs(table, kind, starter),
        hints=read_hints(folder),
        followups=read_followups(folder),
        starter=starter,
        reference=read_text(folder, "reference.py"),
    )


def _with_items(folder: Path, table: Table, kind: str) -> Question:
    """Answered item by item: kinds quiz, predict and concept."""
    about = _about(folder, table, kind)
    devices = table.texts("devices", ("cpu",), least=1, allowed=DEVICES)
    if kind == "predict":
        snippet = read_text(folder, "snippet.py")
        predict = item_files.read_predict(folder, snippet)
        return Question(**about, devices=devices, predict=predict)
    _must_have(folder, "proof.py")
    if kind == "quiz":
        return Question(**about, devices=devices, quiz=item_files.read_quiz(folder))
    return Question(**about, devices=devices, concept=item_files.read_concept(folder))


def _about(folder: Path, table: Table, kind: str) -> dict[str, Any]:
    """What questions of every kind have."""
    return {
        "slug": folder.name,
        "folder": folder,
        "title": table.text("title"),
        "summary": table.text("summary"),
        "kind": kind,
        "lesson": table.choice("lesson", LESSONS),
        "level": table.choice("level", LEVELS),
        "minutes": table.integer("minutes", least=1),
        "tags": table.texts("tags", ()),
        "asked_at": table.texts("asked_at", ()),
        "sources": table.texts("sources", ()),
        "criteria": table.texts("criteria", (), allowed=CRITERIA),
        "limits": tables.read_limits(table.table("limits")),
        "prompt": read_text(folder, "prompt.md"),
        "editorial": read_text(folder, "editorial.md"),
        "digest": digest_of(folder),
    }
