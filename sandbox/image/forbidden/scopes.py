"""Which names a piece of a file binds, and what they may stand for."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.image.forbidden.values import EMPTY, Values, limited

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(slots=True)
class Scope:
    """One module, function, lambda, comprehension or class body."""

    parent: Scope | None
    is_class: bool = False
    bound: set[str] = field(default_factory=set)
    elsewhere: dict[str, str] = field(default_factory=dict)
    values: dict[str, Values] = field(default_factory=dict)
    # Modules whose names were all imported, with the line where.
    stars: dict[str, int] = field(default_factory=dict)
    # The last line on which the file itself binds a name of the module.
    last_bound: dict[str, int] = field(default_factory=dict)

    def module(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def home(self, name: str) -> Scope | None:
        """The scope whose name this is, seen from here; None where nobody in the file binds it."""
        scope: Scope | None = self
        while scope is not None:
            where = scope.elsewhere.get(name)
            if where == "global":
                return scope.module()
            if name in scope.bound and where is None and (scope is self or not scope.is_class):
                return scope
            scope = scope.parent
        return None

    def add(self, name: str, values: Values) -> bool:
        """Let `name` stand for these values too. True where that is news."""
        home = self.home(name) or self
        home.bound.add(name)
        known = home.values.get(name, EMPTY)
        together = limited(known | values)
        if together == known:
            return False
        home.values[name] = together
        return True

    def declare(self, body: Iterable[ast.AST]) -> None:
        """Learn which names these statements bind here, without those of inner functions."""
        waiting = list(body)
        while waiting:
            node = waiting.pop()
            if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
                self._bind(node.name, node.lineno)
                waiting += node.decorator_list
                continue
            if isinstance(node, ast.Lambda):
                continue
            if isinstance(node, _COMPREHENSIONS):
                self._declare_walrus(node)
                continue
            if isinstance(node, ast.Name):
                if not isinstance(node.ctx, ast.Load):
                    self._bind(node.id, node.lineno)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                for alias in node.names:
                    if alias.name != "*":
                        self._bind(alias.asname or alias.name.partition(".")[0], node.lineno)
            elif isinstance(node, ast.Global):
                self.elsewhere.update(dict.fromkeys(node.names, "global"))
                self.module().bound.update(node.names)
            elif isinstance(node, ast.Nonlocal):
                self.elsewhere.update(dict.fromkeys(node.names, "nonlocal"))
            elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
                self._bind(node.name, node.lineno)
            elif isinstance(node, ast.MatchMapping) and node.rest:
                self._bind(node.rest, node.lineno)
            waiting += ast.iter_child_nodes(node)

    def _declare_walrus(self, comprehension: ast.AST) -> None:
        for node in ast.walk(comprehension):
            if isinstance(node, ast.NamedExpr) and isinstance(node.target, ast.Name):
                self._bind(node.target.id, node.lineno)

    def _bind(self, name: str, line: int) -> None:
        self.bound.add(name)
        self.last_bound[name] = max(line, self.last_bound.get(name, 0))
