"""Functions of Python's own library by which names are reached, and what they return."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.image.forbidden import folding
from sandbox.image.forbidden.scopes import Scope
from sandbox.image.forbidden.values import (
    EMPTY,
    MOST,
    UNKNOWN,
    Anything,
    Bound,
    Box,
    Getter,
    Names,
    Place,
    Text,
    Value,
    Values,
    elements,
    known_texts,
)

if TYPE_CHECKING:
    from sandbox.image.forbidden.reader import Reader

_DEEPEST_EVAL = 3
_SAME = ("list", "tuple", "iter", "copy", "deque")
_SHUFFLED = ("set", "frozenset", "sorted")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a known function: what it is given, and where it stands."""

    reader: Reader
    arguments: list[Values]
    keywords: dict[str, Values]
    node: ast.Call
    scope: Scope

    def given(self, number: int, name: str = "") -> Values:
        """The argument at this place or of this name; empty where there is none."""
        if number < len(self.arguments):
            return self.arguments[number]
        return self.keywords.get(name, EMPTY)


def _getattr(call: Call) -> Values:
    return call.reader.take(call.given(0), call.given(1), call.node) | call.given(2)


def _setattr(call: Call) -> Values:
    for name in known_texts(call.given(1)):
        call.reader.add_field(name, call.given(2))
    return UNKNOWN


def _vars(call: Call) -> Values:
    if not call.arguments:
        return frozenset((Names(""),))
    found = [Names(value.path) for value in call.given(0) if isinstance(value, Place)]
    return frozenset(found) or UNKNOWN


def _import(call: Call) -> Values:
    """`__import__`: the top package, unless names are wanted from the module."""
    whole = len(call.arguments) > 3 or "fromlist" in call.keywords
    names = known_texts(call.given(0, "name"))
    return _imported(call, [name if whole else name.partition(".")[0] for name in names])


def _import_module(call: Call) -> Values:
    paths = []
    for name in known_texts(call.given(0, "name")):
        if not name.startswith("."):
            paths.append(name.replace(":", "."))  # as pkgutil.resolve_name has it
            continue
        up = len(name) - len(name.lstrip(".")) - 1
        for package in known_texts(call.given(1, "package")):
            parts = package.split(".")
            paths.append(".".join([*parts[: len(parts) - up], name.lstrip(".")]))
    return _imported(call, paths)


def _eval(call: Call) -> Values:
    """A constant that is run as code is read as code."""
    found: Values = EMPTY
    for text in known_texts(call.given(0)):
        tree = _parsed(call, text)
        if tree is None or call.reader.eval_depth >= _DEEPEST_EVAL:
            continue
        call.reader.eval_depth += 1
        for statement in tree.body:
            if isinstance(statement, ast.Expr):
                found |= call.reader.value(statement.value, call.scope)
            else:
                call.reader.statement(statement, call.scope)
        call.reader.eval_depth -= 1
    return found or UNKNOWN


def _first(call: Call) -> Values:
    """Functions that hand back what they are given, such as compile, reload or list."""
    return call.given(0) or UNKNOWN


def _shuffled(call: Call) -> Values:
    return frozenset((Box((elements(call.given(0)),), (), False),))


def _str(call: Call) -> Values:
    return folding.join_parts([call.given(0)])


def _chr(call: Call) -> Values:
    return folding.number_to_letter(call.given(0))


def _reversed(call: Call) -> Values:
    return folding.reversed_box(call.given(0))


def _next(call: Call) -> Values:
    return elements(call.given(0)) or UNKNOWN


def _dict(call: Call) -> Values:
    named = Box(tuple(call.keywords.values()), tuple(call.keywords))
    return call.given(0) | {named} if call.keywords else call.given(0) or UNKNOWN


def _namespace(call: Call) -> Values:
    for name, values in call.keywords.items():
        call.reader.add_field(name, values)
    return UNKNOWN


def _zip(call: Call) -> Values:
    pair = Box(tuple(elements(one) for one in call.arguments))
    return frozenset((Box((frozenset((pair,)),), (), False),))


def _enumerate(call: Call) -> Values:
    pair = Box((UNKNOWN, elements(call.given(0)) or UNKNOWN))
    return frozenset((Box((frozenset((pair,)),), (), False),))


def _map(call: Call) -> Values:
    """One item for each where the order is known, else all at once."""
    rest = call.arguments[1:]
    columns = [column for column in map(_in_order, rest) if column is not None]
    if len(columns) == len(rest):
        rows = [list(row) for row in zip(*columns, strict=False)][:MOST]
    else:
        rows = [[elements(one) for one in rest]]
    items = tuple(call.reader.results(call.given(0), row, call) for row in rows)
    return frozenset((Box(items, (), len(columns) == len(rest)),))


def _reduce(call: Call) -> Values:
    steps = _in_order(call.given(1))
    if steps is None:
        steps = [elements(call.given(1))]
    steps = [*call.arguments[2:3], *steps]
    found = steps[0] if steps else UNKNOWN
    for step in steps[1 : MOST + 1]:
        found = call.reader.results(call.given(0), [found, step], call)
    return found


def _partial(call: Call) -> Values:
    given = tuple(call.arguments[1:])
    return frozenset(Bound(value, given) for value in call.given(0) if not _nested(value))


def _getter(call: Call) -> Values:
    """attrgetter, itemgetter; methodcaller has its arguments behind the name."""
    names = known_texts(EMPTY.union(*call.arguments))
    unknown = not names or any(Anything() in one for one in call.arguments[:1])
    return frozenset((Getter(None if unknown else tuple(names)),))


def _members(call: Call) -> Values:
    for value in call.given(0):
        if isinstance(value, Place):
            call.reader.judge.guessed(value.path, call.node)
    return UNKNOWN


def _item(call: Call) -> Values:
    return call.reader.item(call.given(0), call.given(1), call.node)


def _modules_get(call: Call) -> Values:
    return _imported(call, known_texts(call.given(0)))


def _imported(call: Call, paths: list[str]) -> Values:
    places = frozenset(Place(call.reader.judge.place(path)) for path in paths)
    return call.reader.tell(places, call.node, as_type=False) or UNKNOWN


def _parsed(call: Call, text: str) -> ast.Module | None:
    evaluated = call.reader.evaluated
    key = (id(call.node), text)
    if key not in evaluated:
        try:
            tree = parse(text.strip())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            evaluated[key] = None
            return None
        for inner in ast.walk(tree):
            ast.copy_location(inner, call.node)
        call.scope.declare(tree.body)
        evaluated[key] = tree
    return evaluated[key]


def parse(text: str) -> ast.Module:
    """`ast.parse`, no deeper than usual: a raised limit does not protect its recursion in C."""
    before = sys.getrecursionlimit()
    for limit in (1000, 3000, 6000):
        try:
            sys.setrecursionlimit(min(limit, before))
        except RecursionError:  # we are deeper than that ourselves
            continue
        break
    try:
        return ast.parse(text)
    finally:
        sys.setrecursionlimit(before)


def _in_order(values: Values) -> list[Values] | None:
    """The items of a sequence whose order is known."""
    if len(values) == 1:
        (value,) = values
        if isinstance(value, Box) and value.ordered and not value.keys:
            return list(value.items)
        if isinstance(value, Text) and isinstance(value.value, str) and len(value.value) <= MOST:
            return [frozenset((Text(letter),)) for letter in value.value]
    return None


def _nested(value: Value, depth: int = 3) -> bool:
    """Partials of partials, deeper than anybody writes."""
    while isinstance(value, Bound):
        value, depth = value.function, depth - 1
    return depth <= 0


KNOWN_CALLS: dict[str, Callable[[Call], Values]] = {
    "builtins.getattr": _getattr,
    "builtins.object.__getattribute__": _getattr,
    "inspect.getattr_static": _getattr,
    "builtins.setattr": _setattr,
    "builtins.vars": _vars,
    "builtins.globals": _vars,
    "builtins.locals": _vars,
    "builtins.__import__": _import,
    "importlib.__import__": _import,
    "importlib.import_module": _import_module,
    "pkgutil.resolve_name": _import_module,
    "pydoc.locate": _import_module,
    "builtins.eval": _eval,
    "builtins.exec": _eval,
    "builtins.compile": _first,
    "importlib.reload": _first,
    **{f"builtins.{name}": _first for name in _SAME},
    "copy.copy": _first,
    "copy.deepcopy": _first,
    "collections.deque": _first,
    **{f"builtins.{name}": _shuffled for name in _SHUFFLED},
    "builtins.str": _str,
    "builtins.chr": _chr,
    "builtins.reversed": _reversed,
    "builtins.next": _next,
    "builtins.dict": _dict,
    "types.SimpleNamespace": _namespace,
    "builtins.zip": _zip,
    "builtins.enumerate": _enumerate,
    "builtins.map": _map,
    "functools.reduce": _reduce,
    "functools.partial": _partial,
    "operator.attrgetter": _getter,
    "operator.itemgetter": _getter,
    "operator.methodcaller": _getter,
    "operator.getitem": _item,
    "inspect.getmembers": _members,
    "sys.modules.get": _modules_get,
    "sys.modules.pop": _modules_get,
    "sys.modules.__getitem__": _modules_get,
}
