"""What each kind of statement binds, and what of it is looked at."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.image.forbidden import folding
from sandbox.image.forbidden.scopes import Scope
from sandbox.image.forbidden.values import UNKNOWN, Own, Place, Values, elements

if TYPE_CHECKING:
    from sandbox.image.forbidden.reader import Reader


def _assign(reader: Reader, node: ast.Assign, scope: Scope) -> None:
    values = reader.value(node.value, scope)
    for target in node.targets:
        reader.bind(target, values, scope)


def _annotated(reader: Reader, node: ast.AnnAssign, scope: Scope) -> None:
    reader.value(node.annotation, scope, as_type=True)
    if node.value is not None:
        reader.bind(node.target, reader.value(node.value, scope), scope)


def _augmented(reader: Reader, node: ast.AugAssign, scope: Scope) -> None:
    right = reader.value(node.value, scope)
    if isinstance(node.target, ast.Name):
        left = reader.lookup(node.target.id, scope)
        if isinstance(node.op, ast.Add):
            reader.bind(node.target, folding.add(left, right), scope)
        elif isinstance(node.op, ast.BitOr):
            reader.bind(node.target, left | right, scope)
    else:
        _look_into(reader, node.target, scope)
        reader.bind(node.target, right, scope)


def _look_into(reader: Reader, node: ast.expr, scope: Scope) -> None:
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        reader.value(node.value, scope)


def _for(reader: Reader, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
    reader.bind(node.target, elements(reader.value(node.iter, scope)) or UNKNOWN, scope)
    reader.body(node.body, scope)
    reader.body(node.orelse, scope)


def _with_item(reader: Reader, node: ast.withitem, scope: Scope) -> None:
    reader.value(node.context_expr, scope)
    if node.optional_vars is not None:
        reader.bind(node.optional_vars, UNKNOWN, scope)


def _return(reader: Reader, node: ast.Return, scope: Scope) -> None:
    if node.value is not None:
        reader.gives(reader.value(node.value, scope))


def _import(reader: Reader, node: ast.Import, scope: Scope) -> None:
    for alias in node.names:
        path = reader.judge.place(alias.name)
        if reader.judge.reached(path, node):
            continue
        if alias.asname:
            reader.add(scope, alias.asname, frozenset((Place(path),)))
        else:
            top = alias.name.partition(".")[0]
            reader.add(scope, top, frozenset((Place(top),)))


def _import_from(reader: Reader, node: ast.ImportFrom, scope: Scope) -> None:
    if node.level or not node.module:
        return
    for alias in node.names:
        if alias.name == "*":
            scope.module().stars[reader.judge.place(node.module)] = node.lineno
            continue
        path = reader.judge.place(f"{node.module}.{alias.name}")
        # A class may be imported to ask whether something is one: it counts where it is used.
        if not alias.name[:1].isupper() and reader.judge.reached(path, node):
            continue
        reader.add(scope, alias.asname or alias.name, frozenset((Place(path),)))


def _function(reader: Reader, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
    for decorator in node.decorator_list:
        reader.value(decorator, scope)
    own: Values = frozenset((Own(id(node)),))
    reader.add(scope, node.name, own)
    if scope.is_class:
        reader.add_field(node.name, own)
        if not any(getattr(one, "id", "") == "staticmethod" for one in node.decorator_list):
            reader.methods.add(id(node))
    inner = reader.open_scope(node, node.args, scope)
    if node.returns is not None:
        reader.value(node.returns, scope, as_type=True)
    reader.inside(node, lambda: reader.body(node.body, inner))


def _class(reader: Reader, node: ast.ClassDef, scope: Scope) -> None:
    for part in (*node.decorator_list, *node.bases, *node.keywords):
        reader.value(part.value if isinstance(part, ast.keyword) else part, scope)
    inner = reader.scopes.get(id(node))
    if inner is None:
        inner = reader.scopes[id(node)] = Scope(scope, is_class=True)
        inner.declare(node.body)
        reader.classes[id(node)] = node
    reader.add(scope, node.name, frozenset((Own(id(node)),)))
    reader.body(node.body, inner)
    for name, values in inner.values.items():
        reader.add_field(name, values)


def _match(reader: Reader, node: ast.Match, scope: Scope) -> None:
    reader.value(node.subject, scope)
    for case in node.cases:
        for part in ast.walk(case.pattern):
            if isinstance(part, ast.MatchClass):
                reader.value(part.cls, scope, as_type=True)
            elif isinstance(part, ast.MatchValue):
                reader.value(part.value, scope, as_type=True)
            elif isinstance(part, (ast.MatchAs, ast.MatchStar)) and part.name:
                reader.add(scope, part.name, UNKNOWN)
        if case.guard is not None:
            reader.value(case.guard, scope)
        reader.body(case.body, scope)


def _handler(reader: Reader, node: ast.ExceptHandler, scope: Scope) -> None:
    if node.type is not None:
        reader.value(node.type, scope)
    if node.name:
        reader.add(scope, node.name, UNKNOWN)
    reader.body(node.body, scope)


def _nothing(reader: Reader, node: ast.AST, scope: Scope) -> None:
    return


STATEMENTS: dict[type, Callable[[Reader, ast.AST, Scope], None]] = {
    ast.Assign: _assign,  # type: ignore[dict-item]
    ast.AnnAssign: _annotated,  # type: ignore[dict-item]
    ast.AugAssign: _augmented,  # type: ignore[dict-item]
    ast.For: _for,  # type: ignore[dict-item]
    ast.AsyncFor: _for,  # type: ignore[dict-item]
    ast.withitem: _with_item,  # type: ignore[dict-item]
    ast.Return: _return,  # type: ignore[dict-item]
    ast.Import: _import,  # type: ignore[dict-item]
    ast.ImportFrom: _import_from,  # type: ignore[dict-item]
    ast.FunctionDef: _function,  # type: ignore[dict-item]
    ast.AsyncFunctionDef: _function,  # type: ignore[dict-item]
    ast.ClassDef: _class,  # type: ignore[dict-item]
    ast.Match: _match,  # type: ignore[dict-item]
    ast.ExceptHandler: _handler,  # type: ignore[dict-item]
    ast.Delete: _nothing,
}
