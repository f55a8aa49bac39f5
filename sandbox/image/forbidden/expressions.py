"""What each kind of expression may stand for."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.image.forbidden import folding
from sandbox.image.forbidden.calls import attribute_of, call, key_of
from sandbox.image.forbidden.scopes import Scope
from sandbox.image.forbidden.values import EMPTY, MOST, UNKNOWN, Box, Own, Text, Values, elements

if TYPE_CHECKING:
    from sandbox.image.forbidden.reader import Reader


def _constant(reader: Reader, node: ast.Constant, scope: Scope, as_type: bool) -> Values:
    value = node.value
    if isinstance(value, (str, bytes, int)):
        return frozenset((Text(value),))
    return UNKNOWN


def _name(reader: Reader, node: ast.Name, scope: Scope, as_type: bool) -> Values:
    return reader.tell(reader.lookup(node.id, scope), node, as_type)


def _attribute(reader: Reader, node: ast.Attribute, scope: Scope, as_type: bool) -> Values:
    return attribute_of(reader, reader.value(node.value, scope), node, as_type)


def _subscript(reader: Reader, node: ast.Subscript, scope: Scope, as_type: bool) -> Values:
    base = reader.value(node.value, scope, as_type)
    index = reader.value(node.slice, scope, as_type)
    return reader.item(base, index, node, node.slice)


def _sequence(
    reader: Reader, node: ast.Tuple | ast.List | ast.Set, scope: Scope, as_type: bool
) -> Values:
    items: list[Values] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            items.append(elements(reader.value(element.value, scope, as_type)))
        else:
            items.append(reader.value(element, scope, as_type))
    starred = any(isinstance(element, ast.Starred) for element in node.elts)
    ordered = not starred and not isinstance(node, ast.Set)
    if len(items) > 2 * MOST:  # such as a table of numbers
        items, ordered = [EMPTY.union(*items)], False
    return frozenset((Box(tuple(items), (), ordered),))


def _dict(reader: Reader, node: ast.Dict, scope: Scope, as_type: bool) -> Values:
    keys: list[str | int | None] = []
    items: list[Values] = []
    for key, item in zip(node.keys, node.values, strict=True):
        value = reader.value(item, scope)
        if key is None:
            items.append(_items_of(value))
            keys.append(None)
        else:
            keys.append(key_of(reader.value(key, scope)))
            items.append(value)
    return frozenset((Box(tuple(items), tuple(keys)),))


def _binary(reader: Reader, node: ast.BinOp, scope: Scope, as_type: bool) -> Values:
    left = reader.value(node.left, scope, as_type)
    right = reader.value(node.right, scope, as_type)
    if isinstance(node.op, ast.Add):
        return folding.add(left, right)
    if isinstance(node.op, ast.Mod):
        return folding.percent(left, right)
    if isinstance(node.op, ast.BitOr):
        return left | right
    return UNKNOWN


def _any_of(reader: Reader, node: ast.BoolOp, scope: Scope, as_type: bool) -> Values:
    return EMPTY.union(*[reader.value(value, scope) for value in node.values])


def _either(reader: Reader, node: ast.IfExp, scope: Scope, as_type: bool) -> Values:
    reader.value(node.test, scope)
    return reader.value(node.body, scope, as_type) | reader.value(node.orelse, scope, as_type)


def _compare(reader: Reader, node: ast.Compare, scope: Scope, as_type: bool) -> Values:
    same = (ast.Is, ast.IsNot, ast.Eq, ast.NotEq, ast.In, ast.NotIn)
    as_type = all(isinstance(operator, same) for operator in node.ops)
    for part in (node.left, *node.comparators):
        reader.value(part, scope, as_type)
    return UNKNOWN


def _walrus(reader: Reader, node: ast.NamedExpr, scope: Scope, as_type: bool) -> Values:
    values = reader.value(node.value, scope)
    reader.bind(node.target, values, scope)
    return values


def _starred(reader: Reader, node: ast.Starred, scope: Scope, as_type: bool) -> Values:
    return elements(reader.value(node.value, scope, as_type))


def _f_string(reader: Reader, node: ast.JoinedStr, scope: Scope, as_type: bool) -> Values:
    parts: list[Values] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            value = reader.value(part.value, scope)
            plain = part.format_spec is None and part.conversion in (-1, 115)
            if part.format_spec is not None:
                reader.value(part.format_spec, scope)
            parts.append(value if plain else UNKNOWN)
        else:
            parts.append(reader.value(part, scope))
    return folding.join_parts(parts)


def _lambda(reader: Reader, node: ast.Lambda, scope: Scope, as_type: bool) -> Values:
    inner = reader.open_scope(node, node.args, scope)
    reader.inside(node, lambda: reader.gives(reader.value(node.body, inner)))
    return frozenset((Own(id(node)),))


def _comprehension(
    reader: Reader,
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
    scope: Scope,
    _: bool,
) -> Values:
    inner = reader.scopes.get(id(node))
    if inner is None:
        inner = reader.scopes[id(node)] = Scope(scope)
        for loop in node.generators:
            inner.declare([loop.target])
    for number, loop in enumerate(node.generators):
        source = reader.value(loop.iter, inner if number else scope)
        reader.bind(loop.target, elements(source) or UNKNOWN, inner)
        for condition in loop.ifs:
            reader.value(condition, inner)
    if isinstance(node, ast.DictComp):
        reader.value(node.key, inner)
        return frozenset((Box((reader.value(node.value, inner),), (None,), False),))
    return frozenset((Box((reader.value(node.elt, inner),), (), False),))


def _yield(reader: Reader, node: ast.Yield, scope: Scope, as_type: bool) -> Values:
    if node.value is not None:
        reader.gives(frozenset((Box((reader.value(node.value, scope),), (), False),)))
    return UNKNOWN


def _items_of(values: Values) -> Values:
    """What the values of a dictionary may be that is spread into another."""
    return EMPTY.union(*[value.all() for value in values if isinstance(value, Box)])


EXPRESSIONS: dict[type, Callable[[Reader, ast.AST, Scope, bool], Values]] = {
    ast.Constant: _constant,  # type: ignore[dict-item]
    ast.Name: _name,  # type: ignore[dict-item]
    ast.Attribute: _attribute,  # type: ignore[dict-item]
    ast.Subscript: _subscript,  # type: ignore[dict-item]
    ast.Tuple: _sequence,  # type: ignore[dict-item]
    ast.List: _sequence,  # type: ignore[dict-item]
    ast.Set: _sequence,  # type: ignore[dict-item]
    ast.Dict: _dict,  # type: ignore[dict-item]
    ast.BinOp: _binary,  # type: ignore[dict-item]
    ast.BoolOp: _any_of,  # type: ignore[dict-item]
    ast.IfExp: _either,  # type: ignore[dict-item]
    ast.Compare: _compare,  # type: ignore[dict-item]
    ast.NamedExpr: _walrus,  # type: ignore[dict-item]
    ast.Starred: _starred,  # type: ignore[dict-item]
    ast.JoinedStr: _f_string,  # type: ignore[dict-item]
    ast.Lambda: _lambda,  # type: ignore[dict-item]
    ast.ListComp: _comprehension,  # type: ignore[dict-item]
    ast.SetComp: _comprehension,  # type: ignore[dict-item]
    ast.GeneratorExp: _comprehension,  # type: ignore[dict-item]
    ast.DictComp: _comprehension,  # type: ignore[dict-item]
    ast.Yield: _yield,  # type: ignore[dict-item]
    ast.Call: call,  # type: ignore[dict-item]
}
