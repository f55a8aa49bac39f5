"""What is handed to a loss."""

import ast
from collections.abc import Iterator

from backend.rubric.findings.code import Call, Def
from backend.rubric.findings.file import File
from backend.rubric.findings.imports import path

_SOFTMAX = ("torch.softmax", "torch.nn.functional.softmax", "torch.special.softmax")
_SIGMOID = ("torch.sigmoid", "torch.nn.functional.sigmoid", "torch.special.expit")
_CROSS_ENTROPY = ("torch.nn.functional.cross_entropy",)
_BCE = ("torch.nn.functional.binary_cross_entropy_with_logits",)


def softmax_before_cross_entropy(file: File) -> Iterator[ast.AST]:
    yield from _twice(
        file, _Twice(_SOFTMAX, "softmax", "torch.nn.Softmax", _CROSS_ENTROPY, "CrossEntropyLoss")
    )


def sigmoid_before_logits_loss(file: File) -> Iterator[ast.AST]:
    yield from _twice(
        file, _Twice(_SIGMOID, "sigmoid", "torch.nn.Sigmoid", _BCE, "BCEWithLogitsLoss")
    )


class _Twice:
    """A function that a loss applies already: by what names it is called, and by what the loss."""

    def __init__(
        self,
        functions: tuple[str, ...],
        method: str,
        layer: str,
        losses: tuple[str, ...],
        loss_class: str,
    ) -> None:
        self.functions, self.method, self.layer = functions, method, layer
        self.losses, self.loss_class = losses, f"torch.nn.{loss_class}"

    def applied(self, file: File, node: ast.expr | None, layers: set[str]) -> bool:
        """Whether an expression is the function's result."""
        call = file.call(node)
        if call is None:
            return False
        if call.name in self.functions or path(call.node.func) in layers:
            return True
        return not call.name and call.receiver is not None and call.method == self.method


def _twice(file: File, what: _Twice) -> Iterator[ast.AST]:
    losses = {
        one.path
        for one in file.assignments
        if (call := file.call(one.value)) is not None and call.name == what.loss_class
    } - {""}
    layers = {
        one.path
        for one in file.assignments
        if (call := file.call(one.value)) is not None and call.name == what.layer
    } - {""}
    models = _models_that_apply(file, what, layers)
    for call in file.calls:
        direct = call.name in what.losses or path(call.node.func) in losses
        made = file.call(call.node.func)
        if not direct and not (made is not None and made.name == what.loss_class):
            continue
        first = call.node.args[0] if call.node.args else call.keyword("input")
        if first is None:
            continue
        where = file.function_of(call.node) or file.tree
        for value in (first, *_last_values(file, where, first, call)):
            called = file.call(value)
            if what.applied(file, value, layers):
                yield call.node
                break
            if called is not None and path(called.node.func) in models:
                yield call.node
                break


def _last_values(file: File, where: ast.AST, node: ast.expr, before: Call) -> Iterator[ast.expr]:
    """What was last assigned to a name before a call, in the same function."""
    if not isinstance(node, ast.Name):
        return
    here = file.position(before.node)
    values = [
        one.value
        for one in file.assignments_in(where)
        if one.path == node.id and file.position(one.target) < here
    ]
    if values and values[-1] is not None:
        yield values[-1]


def _models_that_apply(file: File, what: _Twice, layers: set[str]) -> set[str]:
    """Names that hold a model whose output has gone through the function already."""
    ending = {one.node.name for one in file.modules if _ends_in(file, one.forward, what, layers)}
    found = set()
    for one in file.assignments:
        call = file.call(one.value)
        if call is None or not one.path:
            continue
        if call.receiver is None and call.method in ending:
            found.add(one.path)
        elif call.name == "torch.nn.Sequential" and call.node.args:
            last = file.call(call.node.args[-1])
            if last is not None and last.name == what.layer:
                found.add(one.path)
    # A loop is often handed its model: with one kind of model in the file, there is no doubt.
    if len(file.modules) == 1 and ending:
        found.add("model")
    return found


def _ends_in(file: File, forward: Def | None, what: _Twice, layers: set[str]) -> bool:
    if forward is None:
        return False
    returns = file.within(forward, ast.Return)
    for node in returns:
        value = node.value
        if isinstance(value, ast.Name):
            values = [one.value for one in file.assignments_in(forward) if one.path == value.id]
            value = values[-1] if values else None
        if not what.applied(file, value, layers):
            return False
    return bool(returns)
