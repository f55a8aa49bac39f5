"""What the names in a file stand for: aliases that imports make, followed through attributes."""

import ast
from collections.abc import Iterable


class Names:
    """`F.relu` is torch.nn.functional.relu, whichever way it was imported."""

    def __init__(self, imports: Iterable[ast.AST]) -> None:
        self._aliases: dict[str, str] = {}
        for node in imports:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.partition(".")[0]
                    self._aliases[alias.asname or first] = alias.name if alias.asname else first
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    self._aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def full(self, node: ast.AST | None) -> str:
        """The full dotted name of an expression, or "" where imports do not tell."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self._aliases:
            return ""
        return ".".join([self._aliases[node.id], *reversed(parts)])


def path(node: ast.AST | None) -> str:
    """A chain of attributes as it is written, `self.head.weight`; "" for anything else."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
