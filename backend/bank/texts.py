"""The texts of a folder: Markdown, programs, hints and follow-ups."""

import re
from pathlib import Path

from backend.bank.item_files import read_key_points
from backend.bank.question import BankError, Followup, Followups, Hint
from backend.bank.vocabulary import HINTS
from backend.strict_toml import Table

_FENCE = re.compile(r"\s{0,3}(```|~~~)")


def read_text(folder: Path, name: str) -> str:
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


def read_hints(folder: Path) -> tuple[Hint, ...]:
    """Sections of hints.md that start with `## `; a line inside a code fence starts none."""
    sections: list[tuple[str, list[str]]] = []
    fenced = False
    for line in read_text(folder, "hints.md").splitlines():
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


def read_followups(folder: Path) -> Followups:
    file = f"{folder.name}/followups.toml"
    if not (folder / "followups.toml").is_file():
        raise BankError(f"{file} is missing.")
    table = Table.read(folder / "followups.toml", file)
    items = []
    for one in table.tables("followup"):
        items.append(
            Followup(
                question=one.text("question"),
                key_points=read_key_points(one),
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
