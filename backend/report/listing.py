"""Code as the page lists it: coloured, one row a line, findings in the margin beside their line."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import PythonLexer  # type: ignore[import-untyped]

from backend.report.difference import MOST_LINES, lines_of
from backend.report.document import Finding

# Characters that change the order in which others are shown, or are not shown at all: code that
# reads one way and runs another is shown with them spelt out.
_DECEIVING = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    code: Markup
    notes: tuple[Finding, ...]
    """Findings of this line."""
    span: int
    """Rows that the margin's cell beginning here goes down; 0: one from above still goes on."""


def listing(code: str, findings: Sequence[Finding]) -> list[Line]:
    pieces = coloured(code)
    notes: dict[int, list[Finding]] = {}
    for finding in findings:
        line = min(max(finding.line, 1), len(pieces))
        notes.setdefault(line, []).append(finding)
    # A cell of the margin goes down to the next finding, so that a long one pulls no line apart.
    begins = sorted({1, *notes})
    ends = dict(zip(begins, [*begins[1:], len(pieces) + 1], strict=True))
    return [
        Line(number, piece, tuple(notes.get(number, ())), ends.get(number, number) - number)
        for number, piece in enumerate(pieces, 1)
    ]


def coloured(code: str) -> list[Markup]:
    """One piece of HTML for each line, closed in itself; no more lines than a person reads."""
    whole = lines_of(code)
    lines = whole[:MOST_LINES]
    text = "\n".join(_DECEIVING.sub(_held, line) for line in lines)
    formatter = HtmlFormatter(nowrap=True)
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    pieces = str(highlight(text, lexer, formatter)).split("\n")[: len(lines)]
    # The lexer may leave out an empty end.
    pieces += [""] * (len(lines) - len(pieces))
    if len(whole) > len(lines):
        pieces.append(f"⋯ {len(whole) - len(lines)} further lines are not shown")
    return [Markup(_PLACE.sub(_spelt_out, piece)) for piece in pieces]  # noqa: S704


def plain(text: str) -> Markup:
    """Text that is not coloured, with deceiving characters spelt out."""
    held = "\n".join(_DECEIVING.sub(_held, line) for line in text.split("\n"))
    return Markup(_PLACE.sub(_spelt_out, html.escape(held)))  # noqa: S704


def marked(text: str, ranges: Sequence[tuple[int, int]]) -> Markup:
    """A line with some stretches set off."""
    pieces, at = [], 0
    for begin, end in ranges:
        pieces += [plain(text[at:begin]), Markup("<mark>%s</mark>") % plain(text[begin:end])]
        at = end
    return Markup("").join([*pieces, plain(text[at:])])


def sentence(text: str) -> Markup:
    """A sentence of ours, in which names of code stand between backticks."""
    # str(): joining Markup would escape the tags that are put in.
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(plain(text))))  # noqa: S704


# Private use: they hold the place of a character until everything around it has been escaped.
_FIRST = 0xF0000
_PLACE = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + 0xFFFF)}]")


def _held(match: re.Match[str]) -> str:
    return chr(_FIRST + ord(match.group()))


def _spelt_out(match: re.Match[str]) -> str:
    return f'<span class="unseen">U+{ord(match.group()) - _FIRST:04X}</span>'
