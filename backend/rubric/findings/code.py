"""A candidate's file, parsed once and indexed for all findings: what each node stands in, every
call with its full name, and what lies within what."""

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from backend.rubric.findings.imports import Names, path

# Deeper, or longer than any document of a room may be, a text is no program that a person wrote.
_DEEPEST = 300
LONGEST = 64 << 10

_Node = TypeVar("_Node", bound=ast.AST)
Def = ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.For | ast.AsyncFor | ast.While
NO_GRAD = ("torch.no_grad", "torch.inference_mode", "torch.autograd.no_grad")
# Of every node, only what can hold statements or expressions is looked into.
_DULL = {"ctx", "op", "ops", "kind", "type_comment", "type_ignores", "id", "attr", "name"}
_CHILDREN: dict[type[ast.AST], tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call. `name` is its full dotted name where imports tell it, as torch.nn.functional.relu,
    else ""; `method` is the last part of what is called, `receiver` what stands before it."""

    node: ast.Call
    name: str
    method: str
    receiver: ast.expr | None

    def keyword(self, name: str) -> ast.expr | None:
        return next((one.value for one in self.node.keywords if one.arg == name), None)

    @property
    def has_star(self) -> bool:
        """Whether arguments are handed over that cannot be seen here."""
        stars = any(isinstance(one, ast.Starred) for one in self.node.args)
        return stars or any(one.arg is None for one in self.node.keywords)


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """One target and what is assigned to it; `value` is None where unpacking hides it."""

    target: ast.expr
    value: ast.expr | None
    statement: ast.stmt
    path: str
    """The target as it is written, `self.head`; "" where it is no chain of names."""


class Code:
    """Node lists are in the order of the text; `within` finds what lies inside a node."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        self.lines = text.splitlines()
        self.tree = tree
        self._order: list[ast.AST] = []
        self._parents: list[int] = []
        self._ends: list[int] = []
        self._index: dict[ast.AST, int] = {}
        self._kinds: dict[type[ast.AST], list[ast.AST]] = {}
        self._walk()
        self.names = Names([*self.all(ast.Import), *self.all(ast.ImportFrom)])
        self._calls = {node: self._read_call(node) for node in self.all(ast.Call)}
        self.calls = list(self._calls.values())

    def _walk(self) -> None:
        order, parents, index, kinds = self._order, self._parents, self._index, self._kinds
        stack: list[tuple[ast.AST, int, int]] = [(self.tree, -1, 0)]
        while stack:
            node, parent, depth = stack.pop()
            if depth > _DEEPEST:
                raise RecursionError
            here = len(order)
            order.append(node)
            parents.append(parent)
            index[node] = here
            kind = type(node)
            kinds.setdefault(kind, []).append(node)
            fields = _CHILDREN.get(kind)
            if fields is None:
                fields = tuple(name for name in reversed(kind._fields) if name not in _DULL)
                _CHILDREN[kind] = fields
            for name in fields:
                child = getattr(node, name, None)
                if isinstance(child, list):
                    stack.extend(
                        (one, here, depth + 1)
                        for one in reversed(child)
                        if isinstance(one, ast.AST)
                    )
                elif isinstance(child, ast.AST):
                    stack.append((child, here, depth + 1))
        ends = list(range(len(order)))
        for here in range(len(order) - 1, 0, -1):
            if ends[here] > ends[parents[here]]:
                ends[parents[here]] = ends[here]
        self._ends = ends

    def _read_call(self, node: ast.Call) -> Call:
        called = node.func
        if isinstance(called, ast.Attribute):
            return Call(node, self.names.full(called), called.attr, called.value)
        if isinstance(called, ast.Name):
            return Call(node, self.names.full(called), called.id, None)
        return Call(node, "", "", None)

    def all(self, kind: type[_Node]) -> list[_Node]:
        """Every node of one type."""
        return self._kinds.get(kind, [])  # type: ignore[return-value]

    def within(self, outer: ast.AST, kind: type[_Node]) -> list[_Node]:
        """Nodes of one type inside of `outer`, itself included."""
        nodes = self.all(kind)
        here = self._index[outer]
        first = bisect_left(nodes, here, key=self._index.__getitem__)
        last = bisect_right(nodes, self._ends[here], key=self._index.__getitem__)
        return nodes[first:last]

    def calls_in(self, outer: ast.AST) -> list[Call]:
        return [self._calls[node] for node in self.within(outer, ast.Call)]

    def call(self, node: ast.AST | None) -> Call | None:
        """The call that this expression is, if it is one."""
        return self._calls.get(node) if isinstance(node, ast.Call) else None

    def full(self, node: ast.AST | None) -> str:
        return self.names.full(node)

    def position(self, node: ast.AST) -> int:
        """Where a node stands in the order of the text."""
        return self._index[node]

    def contains(self, outer: ast.AST, inner: ast.AST) -> bool:
        here = self._index[outer]
        return here <= self._index[inner] <= self._ends[here]

    def parent(self, node: ast.AST) -> ast.AST | None:
        at = self._parents[self._index[node]]
        return None if at < 0 else self._order[at]

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """From the innermost outwards."""
        at = self._parents[self._index[node]]
        while at >= 0:
            yield self._order[at]
            at = self._parents[at]

    def function_of(self, node: ast.AST) -> Def | None:
        return next((one for one in self.ancestors(node) if isinstance(one, Def)), None)

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        """The class whose body a method (or what is in it) stands in."""
        return next((one for one in self.ancestors(node) if isinstance(one, ast.ClassDef)), None)

    def loop_of(self, node: ast.AST) -> Loop | None:
        """The innermost loop around a node, within its function."""
        for one in self.ancestors(node):
            if isinstance(one, Loop):
                return one
            if isinstance(one, Def | ast.Lambda | ast.ClassDef):
                return None
        return None

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        if isinstance(node, ast.stmt):
            return node
        return next((one for one in self.ancestors(node) if isinstance(one, ast.stmt)), None)

    @cached_property
    def functions(self) -> list[Def]:
        found: list[Def] = [*self.all(ast.FunctionDef), *self.all(ast.AsyncFunctionDef)]
        return sorted(found, key=self.position)

    @cached_property
    def loops(self) -> list[Loop]:
        found: list[Loop] = [
            *self.all(ast.For),
            *self.all(ast.AsyncFor),
            *self.all(ast.While),
        ]
        return sorted(found, key=self.position)

    @cached_property
    def assignments(self) -> list[Assignment]:
        return sorted(self._assignments(), key=lambda one: self.position(one.target))

    def assignments_in(self, outer: ast.AST) -> list[Assignment]:
        def where(one: Assignment) -> int:
            return self.position(one.target)

        here = self._index[outer]
        first = bisect_left(self.assignments, here, key=where)
        return self.assignments[first : bisect_right(self.assignments, self._ends[here], key=where)]

    def _assignments(self) -> Iterator[Assignment]:
        for node in self.all(ast.Assign):
            for target in node.targets:
                yield from _paired(target, node.value, node)
        for one in self.all(ast.AnnAssign):
            if one.value is not None:
                yield Assignment(one.target, one.value, one, path(one.target))
        for walrus in self.all(ast.NamedExpr):
            statement = self.statement_of(walrus)
            if statement is not None:
                yield Assignment(walrus.target, walrus.value, statement, path(walrus.target))

    def under_no_grad(self, node: ast.AST) -> bool:
        """Inside of `with torch.no_grad():` and the like, or of a function decorated so."""
        for one in self.ancestors(node):
            if isinstance(one, ast.With | ast.AsyncWith):
                if any(self.stops_grad(item.context_expr) for item in one.items):
                    return True
            elif isinstance(one, Def) and any(map(self.stops_grad, one.decorator_list)):
                return True
        return False

    def stops_grad(self, node: ast.expr) -> bool:
        call = self.call(node)
        if call is None:
            return self.full(node) in NO_GRAD
        if call.name == "torch.set_grad_enabled":
            return bool(call.node.args) and not is_true(call.node.args[0])
        return call.name in NO_GRAD

    def in_main(self, node: ast.AST) -> bool:
        """In the part that only runs when the file is started as a program."""
        for one in (node, *self.ancestors(node)):
            if isinstance(one, Def) and one.name == "main":
                return True
            if isinstance(one, ast.If) and any(
                name.id == "__name__" for name in self.within(one.test, ast.Name)
            ):
                return True
        return False

    def line(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


def is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def parameters(function: Def) -> list[str]:
    """Names of a function's parameters, without self and cls."""
    arguments = function.args
    every: Iterable[ast.arg] = (
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
    )
    return [one.arg for one in every if one.arg not in ("self", "cls")]


def _paired(target: ast.expr, value: ast.expr | None, statement: ast.stmt) -> Iterator[Assignment]:
    if not isinstance(target, ast.Tuple | ast.List):
        yield Assignment(target, value, statement, path(target))
        return
    fits = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
    starred = any(isinstance(one, ast.Starred) for one in target.elts)
    for number, one in enumerate(target.elts):
        part = value.elts[number] if fits and not starred else None  # type: ignore[union-attr]
        yield from _paired(one, part, statement)
