"""Strings that a file puts together from constants, without running it."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator

from sandbox.image.forbidden.values import EMPTY, MOST, UNKNOWN, Box, Text, Values

# Nothing that is longer is the name of anything.
LONGEST = 400
_PLAIN_PERCENT = re.compile(r"(?:[^%]|%[sdcra%])*")
_PLAIN_BRACES = re.compile(r"[^{}]*(?:\{\w*\}[^{}]*)*")
# Methods whose result is at most some times as long as what goes in.
_METHODS = frozenset(
    (
        *("capitalize", "casefold", "lower", "upper", "swapcase", "title", "strip", "lstrip"),
        *("rstrip", "removeprefix", "removesuffix", "replace", "decode", "encode"),
    )
)
_SPLITTERS = frozenset(("split", "rsplit", "partition", "rpartition", "splitlines"))


def add(left: Values, right: Values) -> Values:
    """`left + right` of strings, numbers or sequences."""
    found: list[Values] = []
    for one, two in _pairs(left, right):
        if isinstance(one, Text) and isinstance(two, Text):
            found.append(_sum(one.value, two.value))
        elif isinstance(one, Box) and isinstance(two, Box) and not one.keys and not two.keys:
            items = (*one.items, *two.items)[: 2 * MOST]
            found.append(frozenset((Box(items, (), one.ordered and two.ordered),)))
        else:
            found.append(UNKNOWN)
    return EMPTY.union(*found) or UNKNOWN


def _sum(left: str | bytes | int, right: str | bytes | int) -> Values:
    if type(left) is not type(right):
        return UNKNOWN
    return _text(left + right)  # type: ignore[operator]


def percent(left: Values, right: Values) -> Values:
    """`left % right` where left is a format without widths: with them it could grow at will."""
    found = []
    for one, two in _pairs(left, right):
        arguments = _plain_arguments(two)
        if (
            isinstance(one, Text)
            and isinstance(one.value, str)
            and _PLAIN_PERCENT.fullmatch(one.value)
            and arguments is not None
        ):
            try:
                found.append(_text(one.value % arguments))
            except (TypeError, ValueError, OverflowError):
                found.append(UNKNOWN)
        else:
            found.append(UNKNOWN)
    return EMPTY.union(*found) or UNKNOWN


def _plain_arguments(value: object) -> tuple[object, ...] | None:
    if isinstance(value, Text):
        return (value.value,)
    if isinstance(value, Box) and value.ordered and not value.keys:
        single = [_only(item) for item in value.items]
        return None if None in single else tuple(single)
    return None


def join_parts(parts: list[Values]) -> Values:
    """An f-string of these parts."""
    found: Values = frozenset((Text(""),))
    for part in parts:
        as_text = frozenset(
            Text(str(value.value)) if isinstance(value, Text) else value for value in part
        )
        found = add(found, as_text)
    return found


def slices(values: Values, node: ast.expr) -> Values:
    """`text[a:b:c]` or `text[n]` with constant bounds."""
    index = _constant_index(node)
    if index is None:
        return UNKNOWN
    found = []
    for value in values:
        if isinstance(value, Text) and isinstance(value.value, str):
            try:
                found.append(_text(value.value[index]))
            except (IndexError, ValueError):
                continue
        else:
            found.append(UNKNOWN)
    return EMPTY.union(*found) or UNKNOWN


def _constant_index(node: ast.expr) -> slice | int | None:
    if isinstance(node, ast.Slice):
        bounds = [_whole(part) for part in (node.lower, node.upper, node.step)]
        return None if "?" in bounds else slice(*bounds)
    number = _whole(node)
    return number if isinstance(number, int) else None


def _whole(node: ast.expr | None) -> int | str | None:
    """The number, None for none, "?" for what is not a constant."""
    if node is None:
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _whole(node.operand)
        return -inner if isinstance(inner, int) else "?"
    return "?"


def method(base: Values, name: str, arguments: list[Values]) -> Values:
    """`text.name(arguments)` of a string or bytes; unknown for all else."""
    if name == "join":
        return _join(base, arguments)
    if name == "format":
        return _format(base, arguments)
    if name not in _METHODS and name not in _SPLITTERS:
        return UNKNOWN
    plain = [_only(argument) for argument in arguments]
    if None in plain:
        return UNKNOWN
    found: list[Values] = []
    for value in base:
        if not isinstance(value, Text) or isinstance(value.value, int):
            return UNKNOWN
        try:
            answer = getattr(value.value, name)(*plain)
        except Exception:  # a candidate's mistake, or a codec that does not exist
            return UNKNOWN
        if isinstance(answer, (list, tuple)):
            items = tuple(frozenset((Text(word),)) for word in answer[:MOST])
            found.append(frozenset((Box(items),)))
        else:
            found.append(_text(answer))
    return EMPTY.union(*found) or UNKNOWN


def _join(base: Values, arguments: list[Values]) -> Values:
    glue = _only(base)
    if not isinstance(glue, str) or len(arguments) != 1:
        return UNKNOWN
    found = []
    for value in arguments[0]:
        if isinstance(value, Text) and isinstance(value.value, str):
            found.append(_text(glue.join(value.value)))
        elif isinstance(value, Box) and value.ordered and not value.keys:
            words = [_only(item) for item in value.items]
            if not all(isinstance(word, str) for word in words):
                return UNKNOWN
            found.append(_text(glue.join(map(str, words))))
        else:
            return UNKNOWN
    return EMPTY.union(*found) or UNKNOWN


def _format(base: Values, arguments: list[Values]) -> Values:
    pattern = _only(base)
    plain = [_only(argument) for argument in arguments]
    if not isinstance(pattern, str) or None in plain or not _PLAIN_BRACES.fullmatch(pattern):
        return UNKNOWN
    try:
        return _text(pattern.format(*plain))
    except (IndexError, KeyError, ValueError):
        return UNKNOWN


def number_to_letter(values: Values) -> Values:
    """`chr(n)`."""
    found: Values = EMPTY
    for value in values:
        if not isinstance(value, Text) or not isinstance(value.value, int):
            return UNKNOWN
        if not 0 <= value.value < 0x110000:
            return UNKNOWN
        found |= {Text(chr(value.value))}
    return found or UNKNOWN


def reversed_box(values: Values) -> Values:
    """`reversed(x)` of a string or a list."""
    found: list[Values] = []
    for value in values:
        if isinstance(value, Text) and isinstance(value.value, str) and len(value.value) <= LONGEST:
            letters = tuple(frozenset((Text(letter),)) for letter in reversed(value.value))
            found.append(frozenset((Box(letters),)))
        elif isinstance(value, Box) and not value.keys:
            found.append(frozenset((Box(value.items[::-1], (), value.ordered),)))
        else:
            return UNKNOWN
    return EMPTY.union(*found) or UNKNOWN


def _only(values: Values) -> str | bytes | int | None:
    """The one constant that this is."""
    if len(values) == 1:
        (value,) = values
        if isinstance(value, Text):
            return value.value
    return None


def _pairs(left: Values, right: Values) -> Iterator[tuple[object, object]]:
    if len(left) * len(right) > 2 * MOST:
        return iter(())
    return itertools.product(left, right)


def _text(value: str | bytes | int) -> Values:
    if isinstance(value, int):
        return frozenset((Text(value),)) if abs(value) < 1 << 64 else UNKNOWN
    return frozenset((Text(value),)) if len(value) <= LONGEST else UNKNOWN
