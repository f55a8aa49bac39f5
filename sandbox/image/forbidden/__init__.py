"""Does a candidate's file use what its question forbids? Read, not run.

For fairness, not for security: `F.layer_norm` is refused where layer normalisation is the task, by
whatever name it is reached. A type check (`isinstance`, a comparison of types, a class pattern) and
an annotation are no use. What the file cannot be seen to reach is let through, with one exception:
asking a module that holds a forbidden name for a name that only the run can tell.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from dataclasses import dataclass

from sandbox.image.forbidden.known_calls import parse
from sandbox.image.forbidden.reader import Reader

# Deep expressions are honest too: a sum of a thousand terms is a tree a thousand nodes deep.
_DEEPEST = 12_000
_MOST_REFUSALS = 20
_LONGEST_QUOTE = 60
# Without one of these words, what is reached is written out in the file.
_DYNAMIC = re.compile(
    r"getattr|__dict__|\bvars\b|(?<![.\w])(?:eval|exec)\b|attrgetter|methodcaller|itemgetter"
    r"|getmembers|resolve_name|\blocate\b|import_module|__import__|\bsys\b|\bglobals\b"
    r"|\blocals\b|builtins|__getitem__"
)
# Places that Python knows by several names; the second is what the documentation calls them.
_SAME_PLACE = (
    (re.compile(r"^torch\..*\.torch(?=\.|$)"), "torch"),
    (re.compile(r"^torch\.nn\.modules\.(?:\w+\.)?F(?=\.|$)"), "torch.nn.functional"),
    (re.compile(r"^torch\.nn\.modules\.(?:[a-z_]+\.)?(?=[A-Z])"), "torch.nn."),
    (re.compile(r"^torch\.(?:functional|_VF|_C\._VariableFunctions(?:Class)?)\.(?=\w)"), "torch."),
)


class Unparsable(Exception):
    """The file cannot be read as Python; str() is a sentence for the candidate."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One use of something forbidden. `name` as in the question's table; line and column from 1."""

    name: str
    why: str
    line: int
    column: int
    message: str


def find_forbidden(source: str, forbidden: dict[str, str]) -> list[Refusal]:
    """Every use in `source` of a name in `forbidden`, a table of dotted name -> why, in order.

    A name stands for itself and for all below it; one that ends in `*` for all that begin so.
    Raises `Unparsable` where the file is not Python, or is nested beyond reason.
    """
    if not forbidden or not _worth_reading(source, forbidden):
        return []
    judge = _Table(source, forbidden)
    limit = sys.getrecursionlimit()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the candidate's backslashes
            tree = parse(source)
            sys.setrecursionlimit(max(limit, _DEEPEST))
            Reader(tree, judge).read()
    except SyntaxError as error:
        raise Unparsable(f"The file is not valid Python: {error.msg}.") from None
    except (ValueError, OverflowError) as error:
        raise Unparsable(f"The file is not valid Python: {error}.") from None
    except (RecursionError, MemoryError):
        raise Unparsable("The file is nested too deeply to be read.") from None
    finally:
        sys.setrecursionlimit(limit)
    return judge.refusals()


def _worth_reading(source: str, forbidden: dict[str, str]) -> bool:
    """Most files do not even contain the last word of a forbidden name."""
    if not source.isascii() or _DYNAMIC.search(source):
        return True  # Python reads other letters as ASCII ones
    words = {_as_pattern(name.rpartition(".")[2]) for name in forbidden}
    return re.search("|".join(sorted(words)), source) is not None


def _as_pattern(word: str) -> str:
    return rf"\b{re.escape(word[:-1])}" if word.endswith("*") else rf"\b{re.escape(word)}\b"


class _Table:
    """Judges what the reader reaches by the question's table."""

    def __init__(self, source: str, forbidden: dict[str, str]) -> None:
        self._source = source
        self._why = forbidden
        self._exact: dict[str, str] = {}
        self._prefixes: list[tuple[str, str]] = []
        self._methods: dict[str, str] = {}
        self._held: dict[str, str] = {}
        self._found: dict[tuple[int, int, str], Refusal] = {}
        self._places: dict[str, str] = {}
        for name in forbidden:
            if name.endswith("*"):
                self._prefixes.append((self.place(name.rstrip("*")), name))
            else:
                self._exact[self.place(name)] = name
            holder, _, last = self.place(name.rstrip("*")).rpartition(".")
            self._held.setdefault(holder, name)
            if holder == "torch.Tensor" and last:
                self._methods[last] = name

    def refusals(self) -> list[Refusal]:
        ordered = sorted(self._found.values(), key=lambda one: (one.line, one.column))
        return ordered[:_MOST_REFUSALS]

    def start(self) -> None:
        self._found.clear()

    def place(self, path: str) -> str:
        known = self._places.get(path)
        if known is None:
            known = path
            if path.startswith("torch."):
                for pattern, name in _SAME_PLACE:
                    known = pattern.sub(name, known)
            self._places[path] = known
        return known

    def reached(self, path: str, node: ast.AST) -> bool:
        name = self._forbids(path)
        if name is None:
            return False
        called = name if path.startswith(name) else path
        quote = "" if isinstance(node, (ast.Import, ast.ImportFrom)) else self._quote(node)
        what = f"`{called}`" if quote in (called, "") else f"`{quote}` is `{called}`, which"
        self._add(name, node, f"{what} may not be used here. {self._why[name]}")
        return True

    def guessed(self, path: str, node: ast.AST) -> None:
        name = self._held.get(path)
        if name is not None:
            self._add(
                name,
                node,
                f"`{self._quote(node)}` takes a name from `{path}` that is only known when the "
                f"code runs, and `{name}` may not be used here. Write the name out. "
                f"{self._why[name]}",
            )

    def method(self, name: str, node: ast.AST) -> None:
        found = self._methods.get(name)
        if found is not None:
            self._add(found, node, f"The method `.{name}` may not be used here. {self._why[found]}")

    def _forbids(self, path: str) -> str | None:
        exact = self._exact
        if not exact and not self._prefixes:
            return None
        at = path
        while at:
            if at in exact:
                return exact[at]
            at = at.rpartition(".")[0]
        return next((name for start, name in self._prefixes if path.startswith(start)), None)

    def _add(self, name: str, node: ast.AST, message: str) -> None:
        line = getattr(node, "lineno", 1)
        column = self._column(line, getattr(node, "col_offset", 0))
        self._found.setdefault(
            (line, column, name), Refusal(name, self._why[name], line, column, message)
        )

    def _column(self, line: int, offset: int) -> int:
        lines = self._source.splitlines()
        if not 0 < line <= len(lines):
            return 1
        return len(lines[line - 1].encode(errors="replace")[:offset].decode(errors="replace")) + 1

    def _quote(self, node: ast.AST) -> str:
        try:
            text = ast.unparse(node).partition("\n")[0].replace("`", "'")
        except (RecursionError, ValueError):
            return ""
        return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"
