"""A finding: one place in the code that speaks for or against the candidate."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from backend.rubric.findings.file import File

Severity = Literal["serious", "moderate", "minor"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Lines count from 1; `end_line` is the last line that belongs to it."""

    id: str
    line: int
    end_line: int
    criterion: str
    good: bool
    title: str
    advice: str
    """What to do instead, or why it is good: one sentence."""
    excerpt: str
    """The line in question, without indentation, cut to a readable length."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding, and the function that yields the places where it shows."""

    id: str
    title: str
    criterion: str
    advice: str
    severity: Severity
    places: Callable[[File], Iterable[ast.AST]]
    good: bool = False
