"""Calls, and the methods of strings and containers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from sandbox.image.forbidden import folding
from sandbox.image.forbidden.scopes import Scope
from sandbox.image.forbidden.values import (
    EMPTY,
    UNKNOWN,
    Box,
    Names,
    Own,
    Place,
    Text,
    Values,
    elements,
)

if TYPE_CHECKING:
    from sandbox.image.forbidden.reader import Reader

_ADDS = frozenset(("append", "add", "insert", "extend", "update", "appendleft", "__setitem__"))
_TYPE_CHECKS = frozenset((Place("builtins.isinstance"), Place("builtins.issubclass")))


def call(reader: Reader, node: ast.Call, scope: Scope, as_type: bool) -> Values:
    """What a call may return."""
    receiver: Values = EMPTY
    if isinstance(node.func, ast.Attribute):
        receiver = reader.value(node.func.value, scope)
        functions = attribute_of(reader, receiver, node.func, as_type=False)
    else:
        functions = reader.value(node.func, scope)
    if functions and all(one in _TYPE_CHECKS for one in functions):
        for number, argument in enumerate(node.args):
            reader.value(argument, scope, as_type=number > 0)
        return UNKNOWN
    arguments = _arguments(reader, node.args, scope)
    keywords = {
        keyword.arg: reader.value(keyword.value, scope)
        for keyword in node.keywords
        if keyword.arg is not None
    }
    for keyword in node.keywords:
        if keyword.arg is None:
            reader.value(keyword.value, scope)
    found: Values = EMPTY
    if isinstance(node.func, ast.Attribute):
        found = _method(reader, receiver, node.func, arguments, node, scope)
        if receiver and all(isinstance(value, (Text, Box, Names)) for value in receiver):
            return found or UNKNOWN
    for function in functions:
        found |= reader.result(function, arguments, keywords, node, scope)
    return found or UNKNOWN


def attribute_of(reader: Reader, base: Values, node: ast.Attribute, as_type: bool) -> Values:
    """What `node` may be, whose object has been looked at already."""
    found = reader.named(base, node.attr, node, as_type)
    if not any(isinstance(value, (Place, Own, Text, Box)) for value in base):
        of_self = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
        if not of_self and node.attr not in reader.fields:
            reader.judge.method(node.attr, node)
    return found


def _arguments(reader: Reader, nodes: list[ast.expr], scope: Scope) -> list[Values]:
    found: list[Values] = []
    for node in nodes:
        if not isinstance(node, ast.Starred):
            found.append(reader.value(node, scope))
            continue
        values = reader.value(node.value, scope)
        boxes = [one for one in values if isinstance(one, Box) and one.ordered and not one.keys]
        if len(boxes) == len(values) == 1:
            found += boxes[0].items
        else:
            found.append(elements(values))
    return found


def _method(
    reader: Reader,
    receiver: Values,
    function: ast.Attribute,
    arguments: list[Values],
    node: ast.Call,
    scope: Scope,
) -> Values:
    """A method of a string, a container or a module's dictionary."""
    name = function.attr
    if name in _ADDS and arguments:
        added = arguments[-1]
        reader.put(function.value, elements(added) if name == "extend" else added, scope)
    found: Values = EMPTY
    for value in receiver:
        if isinstance(value, Text):
            found |= folding.method(frozenset((value,)), name, arguments)
        elif isinstance(value, Box):
            found |= _box_method(value, name, arguments)
        elif isinstance(value, Names):
            found |= _names_method(reader, value, name, arguments, node)
    return found


def _names_method(
    reader: Reader, names: Names, name: str, arguments: list[Values], node: ast.Call
) -> Values:
    if name in ("get", "pop", "setdefault", "__getitem__") and arguments:
        return reader.entry(names, arguments[0], node)
    if name in ("values", "items") and names.path:
        reader.judge.guessed(names.path, node)
    return frozenset((names,)) if name == "copy" else UNKNOWN


def key_of(values: Values) -> str | int | None:
    """The one constant that can be a key; None where it is not known."""
    if len(values) == 1:
        (value,) = values
        if isinstance(value, Text) and isinstance(value.value, (str, int)):
            return value.value
    return None


def in_box(box: Box, index: Values) -> Values:
    """The items that the index may mean; all of them where it is not known."""
    wanted = key_of(index)
    if wanted is None:
        return box.all()
    if box.keys:
        pairs = zip(box.keys, box.items, strict=True)
        return EMPTY.union(*[item for key, item in pairs if key in (wanted, None)])
    if box.ordered and isinstance(wanted, int) and -len(box.items) <= wanted < len(box.items):
        return box.items[wanted]
    return box.all()


def _box_method(box: Box, name: str, arguments: list[Values]) -> Values:
    if name in ("get", "pop", "setdefault", "__getitem__"):
        default = EMPTY.union(*arguments[1:])
        return (in_box(box, arguments[0]) if arguments else box.all()) | default
    if name in ("values", "copy", "popleft", "popitem"):
        return frozenset((Box((box.all(),), (), False),)) | (box.all() if "pop" in name else EMPTY)
    if name == "items":
        pair = Box((elements(frozenset((box,))), box.all()))
        return frozenset((Box((frozenset((pair,)),), (), False),))
    if name == "keys":
        return frozenset((Box((elements(frozenset((box,))),), (), False),))
    return UNKNOWN
