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
import sys
from collections.abc import Callable, Iterable
from typing import Protocol

from sandbox.image import folding
from sandbox.image.scopes import Scope
from sandbox.image.values import (
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
_DEEPEST_EVAL = 3
_BUILTINS = frozenset(dir(builtins))
_GETATTR = Place("builtins.getattr")
_ADDS = frozenset(("append", "add", "insert", "extend", "update", "appendleft", "__setitem__"))
_SAME = ("list", "tuple", "iter", "copy", "deque")
_SHUFFLED = ("set", "frozenset", "sorted")

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
        self._judge = judge
        self._changed = False
        self._module = Scope(None)
        self._scopes: dict[int, Scope] = {}
        self._functions: dict[int, Function] = {}
        self._classes: dict[int, ast.ClassDef] = {}
        self._methods: set[int] = set()
        self._returns: dict[int, Values] = {}
        # Attributes of objects are told apart by their names alone.
        self._fields: dict[str, Values] = {}
        self._evaluated: dict[tuple[int, str], ast.Module | None] = {}
        self._eval_depth = 0
        self._current: list[int] = []

    def read(self) -> None:
        """Tell the judge of everything; the last reading is the one that counts."""
        self._module.declare(self._tree.body)
        for _ in range(_READINGS):
            self._changed = False
            self._judge.start()
            self._body(self._tree.body, self._module)
            if not self._changed:
                return

    # --- statements ---------------------------------------------------------------------------

    def _body(self, statements: Iterable[ast.AST], scope: Scope) -> None:
        for statement in statements:
            self._statement(statement, scope)

    def _statement(self, node: ast.AST, scope: Scope) -> None:
        handler = _STATEMENTS.get(type(node))
        if handler is not None:
            handler(self, node, scope)
        elif isinstance(node, ast.expr):
            self._value(node, scope)
        else:
            self._body(ast.iter_child_nodes(node), scope)

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        values = self._value(node.value, scope)
        for target in node.targets:
            self._bind(target, values, scope)

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        self._value(node.annotation, scope, as_type=True)
        if node.value is not None:
            self._bind(node.target, self._value(node.value, scope), scope)

    def _augmented(self, node: ast.AugAssign, scope: Scope) -> None:
        right = self._value(node.value, scope)
        if isinstance(node.target, ast.Name):
            left = self._lookup(node.target.id, scope)
            if isinstance(node.op, ast.Add):
                self._bind(node.target, folding.add(left, right), scope)
            elif isinstance(node.op, ast.BitOr):
                self._bind(node.target, left | right, scope)
        else:
            self._value_of_target(node.target, scope)
            self._bind(node.target, right, scope)

    def _value_of_target(self, node: ast.expr, scope: Scope) -> None:
        if isinstance(node, (ast.Attribute, ast.Subscript)):
            self._value(node.value, scope)

    def _for(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
        self._bind(node.target, elements(self._value(node.iter, scope)) or UNKNOWN, scope)
        self._body(node.body, scope)
        self._body(node.orelse, scope)

    def _with_item(self, node: ast.withitem, scope: Scope) -> None:
        self._value(node.context_expr, scope)
        if node.optional_vars is not None:
            self._bind(node.optional_vars, UNKNOWN, scope)

    def _return(self, node: ast.Return, scope: Scope) -> None:
        if node.value is not None:
            self._gives(self._value(node.value, scope))

    def _gives(self, values: Values) -> None:
        if self._current:
            node = self._current[-1]
            known = self._returns.get(node, EMPTY)
            if not values <= known and len(known) < MOST:
                self._returns[node] = known | values
                self._changed = True

    def _import(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            path = self._judge.place(alias.name)
            if self._judge.reached(path, node):
                continue
            if alias.asname:
                self._add(scope, alias.asname, frozenset((Place(path),)))
            else:
                top = alias.name.partition(".")[0]
                self._add(scope, top, frozenset((Place(top),)))

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        if node.level or not node.module:
            return
        for alias in node.names:
            if alias.name == "*":
                scope.module().stars[self._judge.place(node.module)] = node.lineno
                continue
            path = self._judge.place(f"{node.module}.{alias.name}")
            # A class may be imported to ask whether something is one: it counts where it is used.
            if not alias.name[:1].isupper() and self._judge.reached(path, node):
                continue
            self._add(scope, alias.asname or alias.name, frozenset((Place(path),)))

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        for decorator in node.decorator_list:
            self._value(decorator, scope)
        own: Values = frozenset((Own(id(node)),))
        self._add(scope, node.name, own)
        if scope.is_class:
            self._add_field(node.name, own)
            if not any(getattr(one, "id", "") == "staticmethod" for one in node.decorator_list):
                self._methods.add(id(node))
        inner = self._open(node, node.args, scope)
        if node.returns is not None:
            self._value(node.returns, scope, as_type=True)
        self._inside(node, inner, lambda: self._body(node.body, inner))

    def _open(self, node: Function, arguments: ast.arguments, scope: Scope) -> Scope:
        """The function's own scope, its parameters bound to their defaults."""
        inner = self._scopes.get(id(node))
        parameters = [*arguments.posonlyargs, *arguments.args]
        if inner is None:
            inner = self._scopes[id(node)] = Scope(scope)
            self._functions[id(node)] = node
            everyone = [*parameters, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            inner.bound.update(one.arg for one in everyone if one is not None)
            inner.declare(node.body if isinstance(node.body, list) else [node.body])
        for one in (*parameters, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
            if one is not None and one.annotation is not None:
                self._value(one.annotation, scope, as_type=True)
        defaults = arguments.defaults
        late = parameters[len(parameters) - len(defaults) :]
        for one, default in (
            *zip(late, defaults, strict=True),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ):
            if default is not None:
                self._add(inner, one.arg, self._value(default, scope))
        return inner

    def _inside(self, node: ast.AST, inner: Scope, read: Callable[[], object]) -> None:
        self._current.append(id(node))
        read()
        self._current.pop()

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self._value(part.value if isinstance(part, ast.keyword) else part, scope)
        inner = self._scopes.get(id(node))
        if inner is None:
            inner = self._scopes[id(node)] = Scope(scope, is_class=True)
            inner.declare(node.body)
            self._classes[id(node)] = node
        self._add(scope, node.name, frozenset((Own(id(node)),)))
        self._body(node.body, inner)
        for name, values in inner.values.items():
            self._add_field(name, values)

    def _match(self, node: ast.Match, scope: Scope) -> None:
        self._value(node.subject, scope)
        for case in node.cases:
            for part in ast.walk(case.pattern):
                if isinstance(part, ast.MatchClass):
                    self._value(part.cls, scope, as_type=True)
                elif isinstance(part, ast.MatchValue):
                    self._value(part.value, scope, as_type=True)
                elif isinstance(part, (ast.MatchAs, ast.MatchStar)) and part.name:
                    self._add(scope, part.name, UNKNOWN)
            if case.guard is not None:
                self._value(case.guard, scope)
            self._body(case.body, scope)

    def _handler(self, node: ast.ExceptHandler, scope: Scope) -> None:
        if node.type is not None:
            self._value(node.type, scope)
        if node.name:
            self._add(scope, node.name, UNKNOWN)
        self._body(node.body, scope)

    def _nothing(self, node: ast.AST, scope: Scope) -> None:
        return

    # --- binding ------------------------------------------------------------------------------

    def _bind(self, target: ast.expr, values: Values, scope: Scope) -> None:
        if isinstance(target, ast.Name):
            self._add(scope, target.id, values or EMPTY)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target.elts, values, scope)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, frozenset((Box((elements(values),)),)), scope)
        elif isinstance(target, ast.Attribute):
            self._value(target.value, scope)
            self._add_field(target.attr, values)
        elif isinstance(target, ast.Subscript):
            self._value(target.slice, scope)
            self._value(target.value, scope)
            self._put(target.value, values, scope)

    def _unpack(self, targets: list[ast.expr], values: Values, scope: Scope) -> None:
        plain = not any(isinstance(target, ast.Starred) for target in targets)
        for value in values or UNKNOWN:
            fits = isinstance(value, Box) and value.ordered and not value.keys
            if plain and fits and isinstance(value, Box) and len(value.items) == len(targets):
                for target, item in zip(targets, value.items, strict=True):
                    self._bind(target, item, scope)
            else:
                inner = elements(frozenset((value,)))
                for target in targets:
                    self._bind(target, inner, scope)

    def _put(self, into: ast.expr, values: Values, scope: Scope) -> None:
        """Something was added to the container that `into` stands for."""
        interesting = frozenset(value for value in values if not isinstance(value, Anything))
        if not interesting:
            return
        box: Values = frozenset((Box((interesting,), (None,)),))
        if isinstance(into, ast.Name):
            self._add(scope, into.id, box)
        elif isinstance(into, ast.Attribute):
            self._add_field(into.attr, box)

    def _add(self, scope: Scope, name: str, values: Values) -> None:
        if scope.add(name, values):
            self._changed = True

    def _add_field(self, name: str, values: Values) -> None:
        known = self._fields.get(name, EMPTY)
        if not values <= known and len(known) < MOST:
            self._fields[name] = known | values
            self._changed = True

    # --- expressions --------------------------------------------------------------------------

    def _value(self, node: ast.AST, scope: Scope, as_type: bool = False) -> Values:
        """What the expression may stand for. `as_type`: it is only compared or annotated with."""
        handler = _EXPRESSIONS.get(type(node))
        if handler is not None:
            return handler(self, node, scope, as_type)
        for child in ast.iter_child_nodes(node):
            self._statement(child, scope)
        return UNKNOWN

    def _constant(self, node: ast.Constant, scope: Scope, as_type: bool) -> Values:
        value = node.value
        if isinstance(value, (str, bytes, int)):
            return frozenset((Text(value),))
        return UNKNOWN

    def _name(self, node: ast.Name, scope: Scope, as_type: bool) -> Values:
        return self._told(self._lookup(node.id, scope), node, as_type)

    def _told(self, values: Values, node: ast.AST, as_type: bool) -> Values:
        """The values less those that the judge forbids."""
        if as_type:
            return values
        for value in values:
            if isinstance(value, Place) and self._judge.reached(value.path, node):
                values -= {value}
        return values

    def _lookup(self, name: str, scope: Scope) -> Values:
        home = scope.home(name)
        module = scope.module()
        if home is not None and home is not module:
            return home.values.get(name, EMPTY)
        last = module.last_bound.get(name, 0)
        stars = {
            Place(self._judge.place(f"{path}.{name}"))
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

    def _attribute(self, node: ast.Attribute, scope: Scope, as_type: bool) -> Values:
        return self._attribute_of(self._value(node.value, scope), node, as_type)

    def _attribute_of(self, base: Values, node: ast.Attribute, as_type: bool) -> Values:
        found = self._named(base, node.attr, node, as_type)
        if not any(isinstance(value, (Place, Own, Text, Box)) for value in base):
            of_self = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            if not of_self and node.attr not in self._fields:
                self._judge.method(node.attr, node)
        return found

    def _named(self, base: Values, name: str, node: ast.AST, as_type: bool = False) -> Values:
        """The attribute `name` of whatever the base may be."""
        found: Values = EMPTY
        for value in base:
            if isinstance(value, Place):
                found |= self._below(value.path, name, node, as_type)
            elif isinstance(value, Own) and value.node in self._classes:
                found |= self._scopes[value.node].values.get(name, EMPTY)
            elif not isinstance(value, (Text, Box)):
                found |= self._fields.get(name, UNKNOWN)
        return found or self._fields.get(name, UNKNOWN)

    def _below(self, path: str, name: str, node: ast.AST, as_type: bool = False) -> Values:
        if name == "__dict__":
            return frozenset((Names(path),))
        if name == "__name__":
            return frozenset((Text(path),))
        if name in ("__getattribute__", "__getattr__") and path not in ("builtins.object",):
            return frozenset((Bound(_GETATTR, (frozenset((Place(path),)),)),))
        there = self._judge.place(f"{path}.{name}")
        if not as_type and self._judge.reached(there, node):
            return UNKNOWN
        return frozenset((Place(there),))

    def _subscript(self, node: ast.Subscript, scope: Scope, as_type: bool) -> Values:
        base = self._value(node.value, scope, as_type)
        index = self._value(node.slice, scope, as_type)
        return self._item(base, index, node, node.slice)

    def _item(
        self, base: Values, index: Values, node: ast.AST, written: ast.expr | None = None
    ) -> Values:
        found: Values = EMPTY
        for value in base:
            if isinstance(value, Names):
                found |= self._entry(value, index, node)
            elif value == Place("sys.modules"):
                places = {Place(self._judge.place(name)) for name in known_texts(index)}
                found |= self._told(frozenset(places), node, as_type=False)
            elif value == Place("builtins"):
                found |= {Place(f"builtins.{name}") for name in known_texts(index)}
            elif isinstance(value, Box):
                found |= _in_box(value, index)
            elif isinstance(value, Text) and written is not None:
                found |= folding.slices(frozenset((value,)), written)
        return found or UNKNOWN

    def _entry(self, names: Names, index: Values, node: ast.AST) -> Values:
        """A module's name, taken from its dictionary."""
        if not names.path:
            found = [self._lookup(name, self._module) for name in known_texts(index)]
            return self._told(EMPTY.union(*found), node, as_type=False) or UNKNOWN
        return self._getattr(frozenset((Place(names.path),)), index, node)

    def _getattr(self, base: Values, names: Values, node: ast.AST) -> Values:
        found: Values = EMPTY
        for name in known_texts(names):
            there = base
            for part in name.split(".")[:MOST]:
                there = self._named(there, part, node)
            found |= there
        if not names or Anything() in names:
            for value in base:
                if isinstance(value, Place):
                    self._judge.guessed(value.path, node)
        return found or UNKNOWN

    def _sequence(
        self, node: ast.Tuple | ast.List | ast.Set, scope: Scope, as_type: bool
    ) -> Values:
        items: list[Values] = []
        for element in node.elts:
            if isinstance(element, ast.Starred):
                items.append(elements(self._value(element.value, scope, as_type)))
            else:
                items.append(self._value(element, scope, as_type))
        starred = any(isinstance(element, ast.Starred) for element in node.elts)
        ordered = not starred and not isinstance(node, ast.Set)
        if len(items) > 2 * MOST:  # such as a table of numbers
            items, ordered = [EMPTY.union(*items)], False
        return frozenset((Box(tuple(items), (), ordered),))

    def _dict(self, node: ast.Dict, scope: Scope, as_type: bool) -> Values:
        keys: list[str | int | None] = []
        items: list[Values] = []
        for key, item in zip(node.keys, node.values, strict=True):
            value = self._value(item, scope)
            if key is None:
                items.append(elements_of_dict(value))
                keys.append(None)
            else:
                keys.append(_key(self._value(key, scope)))
                items.append(value)
        return frozenset((Box(tuple(items), tuple(keys)),))

    def _binary(self, node: ast.BinOp, scope: Scope, as_type: bool) -> Values:
        left = self._value(node.left, scope, as_type)
        right = self._value(node.right, scope, as_type)
        if isinstance(node.op, ast.Add):
            return folding.add(left, right)
        if isinstance(node.op, ast.Mod):
            return folding.percent(left, right)
        if isinstance(node.op, ast.BitOr):
            return left | right
        return UNKNOWN

    def _any_of(self, node: ast.BoolOp, scope: Scope, as_type: bool) -> Values:
        return EMPTY.union(*[self._value(value, scope) for value in node.values])

    def _either(self, node: ast.IfExp, scope: Scope, as_type: bool) -> Values:
        self._value(node.test, scope)
        return self._value(node.body, scope, as_type) | self._value(node.orelse, scope, as_type)

    def _compare(self, node: ast.Compare, scope: Scope, as_type: bool) -> Values:
        same = (ast.Is, ast.IsNot, ast.Eq, ast.NotEq, ast.In, ast.NotIn)
        as_type = all(isinstance(operator, same) for operator in node.ops)
        for part in (node.left, *node.comparators):
            self._value(part, scope, as_type)
        return UNKNOWN

    def _walrus(self, node: ast.NamedExpr, scope: Scope, as_type: bool) -> Values:
        values = self._value(node.value, scope)
        self._bind(node.target, values, scope)
        return values

    def _starred(self, node: ast.Starred, scope: Scope, as_type: bool) -> Values:
        return elements(self._value(node.value, scope, as_type))

    def _f_string(self, node: ast.JoinedStr, scope: Scope, as_type: bool) -> Values:
        parts: list[Values] = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                value = self._value(part.value, scope)
                plain = part.format_spec is None and part.conversion in (-1, 115)
                if part.format_spec is not None:
                    self._value(part.format_spec, scope)
                parts.append(value if plain else UNKNOWN)
            else:
                parts.append(self._value(part, scope))
        return folding.join_parts(parts)

    def _lambda(self, node: ast.Lambda, scope: Scope, as_type: bool) -> Values:
        inner = self._open(node, node.args, scope)
        self._inside(node, inner, lambda: self._gives(self._value(node.body, inner)))
        return frozenset((Own(id(node)),))

    def _comprehension(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        scope: Scope,
        _: bool,
    ) -> Values:
        inner = self._scopes.get(id(node))
        if inner is None:
            inner = self._scopes[id(node)] = Scope(scope)
            for loop in node.generators:
                inner.declare([loop.target])
        for number, loop in enumerate(node.generators):
            source = self._value(loop.iter, inner if number else scope)
            self._bind(loop.target, elements(source) or UNKNOWN, inner)
            for condition in loop.ifs:
                self._value(condition, inner)
        if isinstance(node, ast.DictComp):
            self._value(node.key, inner)
            return frozenset((Box((self._value(node.value, inner),), (None,), False),))
        return frozenset((Box((self._value(node.elt, inner),), (), False),))

    def _yield(self, node: ast.Yield, scope: Scope, as_type: bool) -> Values:
        if node.value is not None:
            self._gives(frozenset((Box((self._value(node.value, scope),), (), False),)))
        return UNKNOWN

    # --- calls --------------------------------------------------------------------------------

    def _call(self, node: ast.Call, scope: Scope, as_type: bool) -> Values:
        receiver: Values = EMPTY
        if isinstance(node.func, ast.Attribute):
            receiver = self._value(node.func.value, scope)
            functions = self._attribute_of(receiver, node.func, as_type=False)
        else:
            functions = self._value(node.func, scope)
        if functions and all(one in _TYPE_CHECKS for one in functions):
            for number, argument in enumerate(node.args):
                self._value(argument, scope, as_type=number > 0)
            return UNKNOWN
        arguments = self._arguments(node.args, scope)
        keywords = {
            keyword.arg: self._value(keyword.value, scope)
            for keyword in node.keywords
            if keyword.arg is not None
        }
        for keyword in node.keywords:
            if keyword.arg is None:
                self._value(keyword.value, scope)
        found: Values = EMPTY
        if isinstance(node.func, ast.Attribute):
            found = self._method(receiver, node.func, arguments, node, scope)
            if receiver and all(isinstance(value, (Text, Box, Names)) for value in receiver):
                return found or UNKNOWN
        for function in functions:
            found |= self._result(function, arguments, keywords, node, scope)
        return found or UNKNOWN

    def _arguments(self, nodes: list[ast.expr], scope: Scope) -> list[Values]:
        found: list[Values] = []
        for node in nodes:
            if not isinstance(node, ast.Starred):
                found.append(self._value(node, scope))
                continue
            values = self._value(node.value, scope)
            boxes = [one for one in values if isinstance(one, Box) and one.ordered and not one.keys]
            if len(boxes) == len(values) == 1:
                found += boxes[0].items
            else:
                found.append(elements(values))
        return found

    def _result(
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
                special = _SPECIAL.get(path)
                if special is None:
                    return UNKNOWN
                return special(self, arguments, keywords, node, scope)
            case Own(number) if number in self._functions:
                self._enter(self._functions[number], arguments, keywords)
                return self._returns.get(number, EMPTY)
            case Own(number):
                for value in self._scopes[number].values.get("__init__", EMPTY):
                    if isinstance(value, Own) and value.node in self._functions:
                        self._enter(self._functions[value.node], arguments, keywords)
                for name, values in keywords.items():
                    self._add_field(name, values)
                return UNKNOWN
            case Bound(inner, given):
                return self._result(inner, [*given, *arguments], keywords, node, scope)
            case Getter(names) if arguments:
                wanted = UNKNOWN if names is None else frozenset(map(Text, names))
                taken = self._getattr(arguments[0], wanted, node)
                return taken | self._item(arguments[0], wanted, node)
        return UNKNOWN

    def _enter(
        self, function: Function, arguments: list[Values], keywords: dict[str, Values]
    ) -> None:
        """Bind the parameters of one of the file's own functions to what it is called with."""
        inner = self._scopes[id(function)]
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        if id(function) in self._methods:
            names = names[1:]
        for name, values in zip(names, arguments, strict=False):
            self._add(inner, name, values)
        if function.args.vararg is not None and len(arguments) > len(names):
            rest = tuple(arguments[len(names) :][:MOST])
            self._add(inner, function.args.vararg.arg, frozenset((Box(rest),)))
        allowed = {*names, *(one.arg for one in function.args.kwonlyargs)}
        for name, values in keywords.items():
            if name in allowed:
                self._add(inner, name, values)

    def _method(
        self,
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
            self._put(function.value, elements(added) if name == "extend" else added, scope)
        found: Values = EMPTY
        for value in receiver:
            if isinstance(value, Text):
                found |= folding.method(frozenset((value,)), name, arguments)
            elif isinstance(value, Box):
                found |= _box_method(value, name, arguments)
            elif isinstance(value, Names):
                found |= self._names_method(value, name, arguments, node)
        return found

    def _names_method(
        self, names: Names, name: str, arguments: list[Values], node: ast.Call
    ) -> Values:
        if name in ("get", "pop", "setdefault", "__getitem__") and arguments:
            return self._entry(names, arguments[0], node)
        if name in ("values", "items") and names.path:
            self._judge.guessed(names.path, node)
        return frozenset((names,)) if name == "copy" else UNKNOWN

    # --- functions that matter ----------------------------------------------------------------

    def _call_getattr(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        if len(a) < 2:
            return UNKNOWN
        default = a[2] if len(a) > 2 else EMPTY
        return self._getattr(a[0], a[1], node) | default

    def _call_setattr(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        if len(a) > 2:
            for name in known_texts(a[1]):
                self._add_field(name, a[2])
        return UNKNOWN

    def _call_vars(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        if not a:
            return frozenset((Names(""),))
        found = [Names(value.path) for value in a[0] if isinstance(value, Place)]
        return frozenset(found) or UNKNOWN

    def _call_import(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        """`__import__`: the top package, unless names are wanted from the module."""
        names = a[0] if a else k.get("name", EMPTY)
        whole = len(a) > 3 or "fromlist" in k
        paths = [name if whole else name.partition(".")[0] for name in known_texts(names)]
        return self._imported(paths, node)

    def _call_import_module(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        names = a[0] if a else k.get("name", EMPTY)
        packages = known_texts(a[1] if len(a) > 1 else k.get("package", EMPTY))
        paths = []
        for name in known_texts(names):
            if not name.startswith("."):
                paths.append(name.replace(":", "."))  # as pkgutil.resolve_name has it
                continue
            up = len(name) - len(name.lstrip(".")) - 1
            for package in packages:
                parts = package.split(".")
                base = ".".join(parts[: len(parts) - up])
                paths.append(f"{base}.{name.lstrip('.')}")
        return self._imported(paths, node)

    def _imported(self, paths: list[str], node: ast.AST) -> Values:
        places = frozenset(Place(self._judge.place(path)) for path in paths)
        return self._told(places, node, as_type=False) or UNKNOWN

    def _call_eval(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        """A constant that is run as code is read as code."""
        found: Values = EMPTY
        for text in known_texts(a[0]) if a else ():
            tree = self._parsed(text, node, scope)
            if tree is None or self._eval_depth >= _DEEPEST_EVAL:
                continue
            self._eval_depth += 1
            for statement in tree.body:
                if isinstance(statement, ast.Expr):
                    found |= self._value(statement.value, scope)
                else:
                    self._statement(statement, scope)
            self._eval_depth -= 1
        return found or UNKNOWN

    def _parsed(self, text: str, node: ast.Call, scope: Scope) -> ast.Module | None:
        key = (id(node), text)
        if key not in self._evaluated:
            try:
                tree = parse(text.strip())
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                self._evaluated[key] = None
                return None
            for inner in ast.walk(tree):
                ast.copy_location(inner, node)
            scope.declare(tree.body)
            self._evaluated[key] = tree
        return self._evaluated[key]

    def _call_first(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        """Functions that hand back what they are given, such as compile, reload or list."""
        return a[0] if a else UNKNOWN

    def _call_shuffled(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        return frozenset((Box((elements(a[0]),), (), False),)) if a else UNKNOWN

    def _call_str(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        return folding.join_parts([a[0]]) if len(a) == 1 else UNKNOWN

    def _call_chr(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        return folding.number_to_letter(a[0]) if a else UNKNOWN

    def _call_reversed(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        return folding.reversed_box(a[0]) if a else UNKNOWN

    def _call_next(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        return elements(a[0]) if a else UNKNOWN

    def _call_dict(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        box = frozenset((Box(tuple(k.values()), tuple(k)),)) if k else EMPTY
        return (box | a[0] if a else box) or UNKNOWN

    def _call_namespace(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        for name, values in k.items():
            self._add_field(name, values)
        return UNKNOWN

    def _call_zip(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        pair = Box(tuple(elements(one) for one in a))
        return frozenset((Box((frozenset((pair,)),), (), False),))

    def _call_enumerate(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        pair = Box((UNKNOWN, elements(a[0]) if a else UNKNOWN))
        return frozenset((Box((frozenset((pair,)),), (), False),))

    def _call_map(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        """One item for each where the order is known, else all at once."""
        if len(a) < 2:
            return UNKNOWN
        columns = [_in_order(one) for one in a[1:]]
        known = [column for column in columns if column is not None]
        if len(known) == len(columns):
            rows = [list(row) for row in zip(*known, strict=False)][:MOST]
            ordered = True
        else:
            rows, ordered = [[elements(one) for one in a[1:]]], False
        items = tuple(self._all_results(a[0], row, node, scope) for row in rows)
        return frozenset((Box(items, (), ordered),))

    def _call_reduce(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        if len(a) < 2:
            return UNKNOWN
        steps = _in_order(a[1])
        if steps is None:
            steps = [elements(a[1])]
        steps = [*a[2:3], *steps]
        found = steps[0] if steps else UNKNOWN
        for step in steps[1 : MOST + 1]:
            found = self._all_results(a[0], [found, step], node, scope)
        return found

    def _call_partial(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        if not a:
            return UNKNOWN
        return frozenset(Bound(value, tuple(a[1:])) for value in a[0] if not _nested(value))

    def _call_getter(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        """attrgetter, itemgetter; methodcaller has its arguments behind the name."""
        names = known_texts(EMPTY.union(*a))
        unknown = not names or any(Anything() in one for one in a)
        return frozenset((Getter(None if unknown else tuple(names)),))

    def _call_members(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        for value in a[0] if a else ():
            if isinstance(value, Place):
                self._judge.guessed(value.path, node)
        return UNKNOWN

    def _call_item(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        return self._item(a[0], a[1], node) if len(a) > 1 else UNKNOWN

    def _call_modules_get(
        self, a: list[Values], k: dict[str, Values], node: ast.Call, scope: Scope
    ) -> Values:
        return self._imported(known_texts(a[0]), node) if a else UNKNOWN

    def _all_results(
        self, functions: Values, arguments: list[Values], node: ast.Call, scope: Scope
    ) -> Values:
        found: Values = EMPTY
        for function in functions:
            found |= self._result(function, arguments, {}, node, scope)
        return found or UNKNOWN


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


def elements_of_dict(values: Values) -> Values:
    """What the values of a dictionary may be that is spread into another."""
    return EMPTY.union(*[value.all() for value in values if isinstance(value, Box)])


def _key(values: Values) -> str | int | None:
    if len(values) == 1:
        (value,) = values
        if isinstance(value, Text) and isinstance(value.value, (str, int)):
            return value.value
    return None


def _in_box(box: Box, index: Values) -> Values:
    """The items that the index may mean; all of them where it is not known."""
    wanted = _key(index)
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
        return (_in_box(box, arguments[0]) if arguments else box.all()) | default
    if name in ("values", "copy", "popleft", "popitem"):
        return frozenset((Box((box.all(),), (), False),)) | (box.all() if "pop" in name else EMPTY)
    if name == "items":
        pair = Box((elements(frozenset((box,))), box.all()))
        return frozenset((Box((frozenset((pair,)),), (), False),))
    if name == "keys":
        return frozenset((Box((elements(frozenset((box,))),), (), False),))
    return UNKNOWN


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


_TYPE_CHECKS = frozenset((Place("builtins.isinstance"), Place("builtins.issubclass")))

_SPECIAL: dict[
    str, Callable[[Reader, list[Values], dict[str, Values], ast.Call, Scope], Values]
] = {
    "builtins.getattr": Reader._call_getattr,
    "builtins.object.__getattribute__": Reader._call_getattr,
    "inspect.getattr_static": Reader._call_getattr,
    "builtins.setattr": Reader._call_setattr,
    "builtins.vars": Reader._call_vars,
    "builtins.globals": Reader._call_vars,
    "builtins.locals": Reader._call_vars,
    "builtins.__import__": Reader._call_import,
    "importlib.__import__": Reader._call_import,
    "importlib.import_module": Reader._call_import_module,
    "pkgutil.resolve_name": Reader._call_import_module,
    "pydoc.locate": Reader._call_import_module,
    "builtins.eval": Reader._call_eval,
    "builtins.exec": Reader._call_eval,
    "builtins.compile": Reader._call_first,
    "importlib.reload": Reader._call_first,
    **{f"builtins.{name}": Reader._call_first for name in _SAME},
    "copy.copy": Reader._call_first,
    "copy.deepcopy": Reader._call_first,
    "collections.deque": Reader._call_first,
    **{f"builtins.{name}": Reader._call_shuffled for name in _SHUFFLED},
    "builtins.str": Reader._call_str,
    "builtins.chr": Reader._call_chr,
    "builtins.reversed": Reader._call_reversed,
    "builtins.next": Reader._call_next,
    "builtins.dict": Reader._call_dict,
    "types.SimpleNamespace": Reader._call_namespace,
    "builtins.zip": Reader._call_zip,
    "builtins.enumerate": Reader._call_enumerate,
    "builtins.map": Reader._call_map,
    "functools.reduce": Reader._call_reduce,
    "functools.partial": Reader._call_partial,
    "operator.attrgetter": Reader._call_getter,
    "operator.itemgetter": Reader._call_getter,
    "operator.methodcaller": Reader._call_getter,
    "operator.getitem": Reader._call_item,
    "inspect.getmembers": Reader._call_members,
    "sys.modules.get": Reader._call_modules_get,
    "sys.modules.pop": Reader._call_modules_get,
    "sys.modules.__getitem__": Reader._call_modules_get,
}

_STATEMENTS: dict[type, Callable[[Reader, ast.AST, Scope], None]] = {
    ast.Assign: Reader._assign,  # type: ignore[dict-item]
    ast.AnnAssign: Reader._annotated,  # type: ignore[dict-item]
    ast.AugAssign: Reader._augmented,  # type: ignore[dict-item]
    ast.For: Reader._for,  # type: ignore[dict-item]
    ast.AsyncFor: Reader._for,  # type: ignore[dict-item]
    ast.withitem: Reader._with_item,  # type: ignore[dict-item]
    ast.Return: Reader._return,  # type: ignore[dict-item]
    ast.Import: Reader._import,  # type: ignore[dict-item]
    ast.ImportFrom: Reader._import_from,  # type: ignore[dict-item]
    ast.FunctionDef: Reader._function,  # type: ignore[dict-item]
    ast.AsyncFunctionDef: Reader._function,  # type: ignore[dict-item]
    ast.ClassDef: Reader._class,  # type: ignore[dict-item]
    ast.Match: Reader._match,  # type: ignore[dict-item]
    ast.ExceptHandler: Reader._handler,  # type: ignore[dict-item]
    ast.Delete: Reader._nothing,
}

_EXPRESSIONS: dict[type, Callable[[Reader, ast.AST, Scope, bool], Values]] = {
    ast.Constant: Reader._constant,  # type: ignore[dict-item]
    ast.Name: Reader._name,  # type: ignore[dict-item]
    ast.Attribute: Reader._attribute,  # type: ignore[dict-item]
    ast.Subscript: Reader._subscript,  # type: ignore[dict-item]
    ast.Tuple: Reader._sequence,  # type: ignore[dict-item]
    ast.List: Reader._sequence,  # type: ignore[dict-item]
    ast.Set: Reader._sequence,  # type: ignore[dict-item]
    ast.Dict: Reader._dict,  # type: ignore[dict-item]
    ast.BinOp: Reader._binary,  # type: ignore[dict-item]
    ast.BoolOp: Reader._any_of,  # type: ignore[dict-item]
    ast.IfExp: Reader._either,  # type: ignore[dict-item]
    ast.Compare: Reader._compare,  # type: ignore[dict-item]
    ast.NamedExpr: Reader._walrus,  # type: ignore[dict-item]
    ast.Starred: Reader._starred,  # type: ignore[dict-item]
    ast.JoinedStr: Reader._f_string,  # type: ignore[dict-item]
    ast.Lambda: Reader._lambda,  # type: ignore[dict-item]
    ast.ListComp: Reader._comprehension,  # type: ignore[dict-item]
    ast.SetComp: Reader._comprehension,  # type: ignore[dict-item]
    ast.GeneratorExp: Reader._comprehension,  # type: ignore[dict-item]
    ast.DictComp: Reader._comprehension,  # type: ignore[dict-item]
    ast.Yield: Reader._yield,  # type: ignore[dict-item]
    ast.Call: Reader._call,  # type: ignore[dict-item]
}
