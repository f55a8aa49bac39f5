"""How a file is searched for every kind of finding."""

import ast

from backend.rubric.findings.file import File, read
from backend.rubric.findings.finding import Finding, Kind
from backend.rubric.findings.kinds import KINDS

_EXCERPT = 120
# A file that shows the same thing in more places than this needs no longer list.
_MOST_OF_A_KIND = 20


def find(text: str) -> tuple[Finding, ...]:
    """Every finding in a file, by line; none in what is not Python."""
    file = read(text)
    if file is None:
        return ()
    found = [finding for kind in KINDS.values() for finding in _of_kind(file, kind)]
    return tuple(sorted(found, key=lambda one: (one.line, one.id)))


def _of_kind(file: File, kind: Kind) -> list[Finding]:
    found: dict[int, Finding] = {}
    for node in kind.places(file):
        line, end = _lines(node)
        if line not in found:
            found[line] = Finding(
                kind.id,
                line,
                end,
                kind.criterion,
                kind.good,
                kind.title,
                kind.advice,
                _excerpt(file.line(line)),
            )
        if len(found) == _MOST_OF_A_KIND:
            break
    return list(found.values())


def _lines(node: ast.AST) -> tuple[int, int]:
    """First and last line; of what has a body, only its heading."""
    line = int(getattr(node, "lineno", 1))
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        return line, max(line, min(int(body[0].lineno) - 1, line + 20))
    return line, int(getattr(node, "end_lineno", None) or line)


def _excerpt(line: str) -> str:
    text = line.strip()
    return text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1]}…"
