"""A finding: one place in the code that speaks for or against the candidate."""

from dataclasses import dataclass


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
