"""Follows names through a candidate's file without running it.

Imports, aliases, assignments, containers, calls of the file's own functions, getattr and its many
relatives: whatever may stand for something that is imported is traced, and a judge is told of each
place that is reached. The file is read again until nothing new is learnt, so the order of its
definitions does not matter. What cannot be told is taken as harmless, but for names that a module
is asked for while it runs: of those the judge is told too.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable
from typing import Protocol

from sandbox.image.forbidden import folding
from sandbox.image.forbidden.calls import in_box
from sandbox.image.forbidden.expressions import EXPRESSIONS
from sandbox.image.forbidden.known_calls import KNOWN_CALLS, Call
from sandbox.image.forbidden.scopes import Scope
from sandbox.image.forbidden.statements import STATEMENTS
from sandbox.image.forbidden.values import (
    EMPTY,
    MOST,
    UNKNOWN,
    Anything,
    Bound,
    Box,
    Getter,
    Names,
    Own,
    Place,
    Text,
    Value,
    Values,
    elements,
    known_texts,
)

# Each reading learns what the one before made known; files need two or three.
_READINGS = 6
_BUILTINS = frozenset(dir(builtins))
_GETATTR = Place("builtins.getattr")

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Judge(Protocol):
    """Who wants to know."""

    def start(self) -> None:
        """A new reading begins: what was said before no longer counts."""

    def place(self, path: str) -> str:
        """The usual name of what this path leads to."""

    def reached(self, path: str, node: ast.AST) -> bool:
        """This expression is what lies at `path`. True where that is forbidden."""

    def guessed(self, path: str, node: ast.AST) -> None:
        """This expression takes a name from the module at `path` that only the run can tell."""

    def method(self, name: str, node: ast.AST) -> None:
        """A method of an unknown object is used."""


class Reader:
    """Reads one file for one judge."""

    def __init__(self, tree: ast.Module, judge: Judge) -> None:
        self._tree = tree
        self.judge = judge
        self._changed = False
        self._module = Scope(None)
        self.scopes: dict[int, Scope] = {}
        self.functions: dict[int, Function] = {}
        self.classes: dict[int, ast.ClassDef] = {}
        self.methods: set[int] = set()
        self._returns: dict[int, Values] = {}
        # Attributes of objects are told apart by their names alone.
        self.fields: dict[str, Values] = {}
        self.evaluated: dict[tuple[int, str], ast.Module | None] = {}
        self.eval_depth = 0
        self._current: list[int] = []

    def read(self) -> None:
        """Tell the judge of everything; the last reading is the one that counts."""
        self._module.declare(self._tree.body)
        for _ in range(_READINGS):
            self._changed = False
            self.judge.start()
            self.body(self._tree.body, self._module)
            if not self._changed:
                return

    def body(self, statements: Iterable[ast.AST], scope: Scope) -> None:
        for statement in statements:
            self.statement(statement, scope)

    def statement(self, node: ast.AST, scope: Scope) -> None:
        handler = STATEMENTS.get(type(node))
        if handler is not None:
            handler(self, node, scope)
        elif isinstance(node, ast.expr):
            self.value(node, scope)
        else:
            self.body(ast.iter_child_nodes(node), scope)

    def value(self, node: ast.AST, scope: Scope, as_type: bool = False) -> Values:
        """What the expression may stand for. `as_type`: it is only compared or annotated with."""
        handler = EXPRESSIONS.get(type(node))
        if handler is not None:
            return handler(self, node, scope, as_type)
        for child in ast.iter_child_nodes(node):
            self.statement(child, scope)
        return UNKNOWN

    def bind(self, target: ast.expr, values: Values, scope: Scope) -> None:
        """Something is assigned to `target`, whatever form that has."""
        if isinstance(target, ast.Name):
            self.add(scope, target.id, values or EMPTY)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target.elts, values, scope)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, frozenset((Box((elements(values),)),)), scope)
        elif isinstance(target, ast.Attribute):
            self.value(target.value, scope)
            self.add_field(target.attr, values)
        elif isinstance(target, ast.Subscript):
            self.value(target.slice, scope)
            self.value(target.value, scope)
            self.put(target.value, values, scope)

    def _unpack(self, targets: list[ast.expr], values: Values, scope: Scope) -> None:
        plain = not any(isinstance(target, ast.Starred) for target in targets)
        for value in values or UNKNOWN:
            fits = isinstance(value, Box) and value.ordered and not value.keys
            if plain and fits and isinstance(value, Box) and len(value.items) == len(targets):
                for target, item in zip(targets, value.items, strict=True):
                    self.bind(target, item, scope)
            else:
                inner = elements(frozenset((value,)))
                for target in targets:
                    self.bind(target, inner, scope)

    def put(self, into: ast.expr, values: Values, scope: Scope) -> None:
        """Something was added to the container that `into` stands for."""
        interesting = frozenset(value for value in values if not isinstance(value, Anything))
        if not interesting:
            return
        box: Values = frozenset((Box((interesting,), (None,)),))
        if isinstance(into, ast.Name):
            self.add(scope, into.id, box)
        elif isinstance(into, ast.Attribute):
            self.add_field(into.attr, box)

    def add(self, scope: Scope, name: str, values: Values) -> None:
        """A name may stand for these values too."""
        if scope.add(name, values):
            self._changed = True

    def add_field(self, name: str, values: Values) -> None:
        """An attribute of this name, of whichever object, may be these values too."""
        known = self.fields.get(name, EMPTY)
        if not values <= known and len(known) < MOST:
            self.fields[name] = known | values
            self._changed = True

    def gives(self, values: Values) -> None:
        """The function that is being read may return these values."""
        if self._current:
            node = self._current[-1]
            known = self._returns.get(node, EMPTY)
            if not values <= known and len(known) < MOST:
                self._returns[node] = known | values
                self._changed = True

    def open_scope(self, node: Function, arguments: ast.arguments, scope: Scope) -> Scope:
        """The function's own scope, its parameters bound to their defaults."""
        inner = self.scopes.get(id(node))
        parameters = [*arguments.posonlyargs, *arguments.args]
        if inner is None:
            inner = self.scopes[id(node)] = Scope(scope)
            self.functions[id(node)] = node
            everyone = [*parameters, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            inner.bound.update(one.arg for one in everyone if one is not None)
            inner.declare(node.body if isinstance(node.body, list) else [node.body])
        for one in (*parameters, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
            if one is not None and one.annotation is not None:
                self.value(one.annotation, scope, as_type=True)
        defaults = arguments.defaults
        late = parameters[len(parameters) - len(defaults) :]
        for one, default in (
            *zip(late, defaults, strict=True),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ):
            if default is not None:
                self.add(inner, one.arg, self.value(default, scope))
        return inner

    def inside(self, node: ast.AST, read: Callable[[], object]) -> None:
        """Read the body of the function at `node`."""
        self._current.append(id(node))
        read()
        self._current.pop()

    def tell(self, values: Values, node: ast.AST, as_type: bool) -> Values:
        """The values less those that the judge forbids."""
        if as_type:
            return values
        for value in values:
            if isinstance(value, Place) and self.judge.reached(value.path, node):
                values -= {value}
        return values

    def lookup(self, name: str, scope: Scope) -> Values:
        """What a name stands for in this scope; empty where nothing is known yet."""
        home = scope.home(name)
        module = scope.module()
        if home is not None and home is not module:
            return home.values.get(name, EMPTY)
        last = module.last_bound.get(name, 0)
        stars = {
            Place(self.judge.place(f"{path}.{name}"))
            for path, line in module.stars.items()
            if line > last
        }
        if home is not None:
            return home.values.get(name, EMPTY) | stars
        if name == "__builtins__":
            return frozenset((Place("builtins"),))
        if name == "__name__":
            return frozenset((Text("answer"),))
        if name in _BUILTINS:
            return frozenset((Place(f"builtins.{name}"),))
        return frozenset(stars) or UNKNOWN

    def named(self, base: Values, name: str, node: ast.AST, as_type: bool = False) -> Values:
        """The attribute `name` of whatever the base may be."""
        found: Values = EMPTY
        for value in base:
            if isinstance(value, Place):
                found |= self._below(value.path, name, node, as_type)
            elif isinstance(value, Own) and value.node in self.classes:
                found |= self.scopes[value.node].values.get(name, EMPTY)
            elif not isinstance(value, (Text, Box)):
                found |= self.fields.get(name, UNKNOWN)
        return found or self.fields.get(name, UNKNOWN)

    def _below(self, path: str, name: str, node: ast.AST, as_type: bool = False) -> Values:
        if name == "__dict__":
            return frozenset((Names(path),))
        if name == "__name__":
            return frozenset((Text(path),))
        if name in ("__getattribute__", "__getattr__") and path != "builtins.object":
            return frozenset((Bound(_GETATTR, (frozenset((Place(path),)),)),))
        there = self.judge.place(f"{path}.{name}")
        if not as_type and self.judge.reached(there, node):
            return UNKNOWN
        return frozenset((Place(there),))

    def item(
        self, base: Values, index: Values, node: ast.AST, written: ast.expr | None = None
    ) -> Values:
        """`base[index]`; `written` is the index as it stands in the file."""
        found: Values = EMPTY
        for value in base:
            if isinstance(value, Names):
                found |= self.entry(value, index, node)
            elif value == Place("sys.modules"):
                places = {Place(self.judge.place(name)) for name in known_texts(index)}
                found |= self.tell(frozenset(places), node, as_type=False)
            elif value == Place("builtins"):
                found |= {Place(f"builtins.{name}") for name in known_texts(index)}
            elif isinstance(value, Box):
                found |= in_box(value, index)
            elif isinstance(value, Text) and written is not None:
                found |= folding.slices(frozenset((value,)), written)
        return found or UNKNOWN

    def entry(self, names: Names, index: Values, node: ast.AST) -> Values:
        """A module's name, taken from its dictionary."""
        if not names.path:
            found = [self.lookup(name, self._module) for name in known_texts(index)]
            return self.tell(EMPTY.union(*found), node, as_type=False) or UNKNOWN
        return self.take(frozenset((Place(names.path),)), index, node)

    def take(self, base: Values, names: Values, node: ast.AST) -> Values:
        """`getattr(base, name)` for each of the names, which may be dotted."""
        found: Values = EMPTY
        for name in known_texts(names):
            there = base
            for part in name.split(".")[:MOST]:
                there = self.named(there, part, node)
            found |= there
        if not names or Anything() in names:
            for value in base:
                if isinstance(value, Place):
                    self.judge.guessed(value.path, node)
        return found or UNKNOWN

    def result(
        self,
        function: Value,
        arguments: list[Values],
        keywords: dict[str, Values],
        node: ast.Call,
        scope: Scope,
    ) -> Values:
        """What calling `function` may return."""
        match function:
            case Place(path):
                known = KNOWN_CALLS.get(path)
                if known is None:
                    return UNKNOWN
                return known(Call(self, arguments, keywords, node, scope))
            case Own(number) if number in self.functions:
                self.enter(self.functions[number], arguments, keywords)
                return self._returns.get(number, EMPTY)
            case Own(number):
                for value in self.scopes[number].values.get("__init__", EMPTY):
                    if isinstance(value, Own) and value.node in self.functions:
                        self.enter(self.functions[value.node], arguments, keywords)
                for name, values in keywords.items():
                    self.add_field(name, values)
                return UNKNOWN
            case Bound(inner, given):
                return self.result(inner, [*given, *arguments], keywords, node, scope)
            case Getter(names) if arguments:
                wanted = UNKNOWN if names is None else frozenset(map(Text, names))
                taken = self.take(arguments[0], wanted, node)
                return taken | self.item(arguments[0], wanted, node)
        return UNKNOWN

    def enter(
        self, function: Function, arguments: list[Values], keywords: dict[str, Values]
    ) -> None:
        """Bind the parameters of one of the file's own functions to what it is called with."""
        inner = self.scopes[id(function)]
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        if id(function) in self.methods:
            names = names[1:]
        for name, values in zip(names, arguments, strict=False):
            self.add(inner, name, values)
        if function.args.vararg is not None and len(arguments) > len(names):
            rest = tuple(arguments[len(names) :][:MOST])
            self.add(inner, function.args.vararg.arg, frozenset((Box(rest),)))
        allowed = {*names, *(one.arg for one in function.args.kwonlyargs)}
        for name, values in keywords.items():
            if name in allowed:
                self.add(inner, name, values)

    def results(self, functions: Values, arguments: list[Values], call: Call) -> Values:
        """What calling any of these may return, as a part of another call."""
        found: Values = EMPTY
        for function in functions:
            found |= self.result(function, arguments, {}, call.node, call.scope)
        return found or UNKNOWN
