"""What is added up over the turns of a loop: gradients and losses."""

import ast
from collections.abc import Iterator

from backend.rubric.findings.code import Call
from backend.rubric.findings.file import File
from backend.rubric.findings.imports import path
from backend.rubric.findings.steps import is_backward

_SCALED = frozenset(("div_", "mul_", "div", "mul"))


def unscaled_accumulation(file: File) -> Iterator[ast.AST]:
    """Several backward passes to a step, and the loss is not divided by their number."""
    for step in file.steps:
        if not step.in_loop:
            continue
        for one in step.all("optimise"):
            condition = _every_so_often(file, one.node, step.region)
            if condition is None:
                continue
            for happening in step.all("backward"):
                call = file.call(happening.node)
                if call is None or not is_backward(call) or file.contains(condition, call.node):
                    continue
                if not _is_divided(file, step.region, call):
                    yield call.node


def loss_kept_with_graph(file: File) -> Iterator[ast.AST]:
    """total += loss, where loss.backward() was called: every graph stays in memory."""
    for step in file.steps:
        if not step.in_loop:
            continue
        where = file.function_of(step.region) or file.tree
        backward = {path(call.receiver) for call in file.calls_in(where) if is_backward(call)}
        losses = {
            path(call.receiver) for call in file.calls_in(step.region) if is_backward(call)
        } - {""}
        rebound = {
            one.path for one in file.assignments_in(step.region) if _is_number(file, one.value)
        }
        for name in losses - rebound:
            yield from _keeps(file, step.region, name, backward)


def _every_so_often(file: File, node: ast.AST, region: ast.AST) -> ast.If | None:
    """The `if (i + 1) % k == 0:` around a step, within the loop."""
    for one in file.ancestors(node):
        if one is region:
            return None
        if isinstance(one, ast.If) and _has_modulo(file, one.test):
            return one
    return None


def _has_modulo(file: File, test: ast.expr) -> bool:
    return any(isinstance(one.op, ast.Mod) for one in file.within(test, ast.BinOp))


def _is_divided(file: File, region: ast.AST, call: Call) -> bool:
    """Whether the loss, or the gradient later, is scaled somewhere in the loop."""
    if call.receiver is None or _scaling(file, call.receiver):
        return True
    names = {path(one) for one in file.within(call.receiver, ast.Name)}
    for one in file.assignments_in(region):
        if one.path in names and one.value is not None and _scaling(file, one.value):
            return True
    for node in file.within(region, ast.AugAssign):
        if isinstance(node.op, ast.Div | ast.Mult):
            return True
    return any(
        inner.method in _SCALED and path(inner.receiver).endswith(".grad")
        for inner in file.calls_in(region)
    )


def _scaling(file: File, node: ast.expr) -> bool:
    if any(isinstance(one.op, ast.Div | ast.Mult) for one in file.within(node, ast.BinOp)):
        return True
    return any(
        call.method in _SCALED or call.keyword("reduction") is not None
        for call in file.calls_in(node)
    )


def _is_number(file: File, node: ast.expr | None) -> bool:
    """loss = loss.item(): the name holds no graph afterwards."""
    call = file.call(node)
    return call is not None and (call.method in ("item", "detach") or call.method == "float")


def _keeps(file: File, region: ast.AST, name: str, backward: set[str]) -> Iterator[ast.AST]:
    for node in file.within(region, ast.AugAssign):
        kept = path(node.target)
        if not isinstance(node.op, ast.Add) or kept in (name, *backward):
            continue
        if _bare(file, node.value, name) and not file.under_no_grad(node):
            yield node
    for one in file.assignments_in(region):
        adds = isinstance(one.value, ast.BinOp) and isinstance(one.value.op, ast.Add)
        if adds and one.value is not None and one.path and one.path not in {name, *backward}:
            again = any(path(part) == one.path for part in file.within(one.value, ast.Name))
            if again and _bare(file, one.value, name):
                yield one.statement
    for call in file.calls_in(region):
        appended = path(call.node.args[0]) if call.method == "append" and call.node.args else ""
        if appended == name and not _summed(file, region, call):
            yield call.node


def _summed(file: File, region: ast.AST, append: Call) -> bool:
    """Losses that are collected to be added up for one backward pass."""
    where = file.function_of(region) or file.tree
    to = path(append.receiver)
    for call in file.calls_in(where):
        if call.method not in ("item", "detach", "backward") or call.receiver is None:
            continue
        if any(path(one) == to for one in file.within(call.receiver, ast.Name)):
            return True
    return False


def _bare(file: File, node: ast.expr, name: str) -> bool:
    """Whether `name` enters the value with its graph: not by .item(), .detach(), float()."""
    for one in (*file.within(node, ast.Name), *file.within(node, ast.Attribute)):
        if path(one) != name:
            continue
        cut = False
        for above in file.ancestors(one):
            call = file.call(above)
            if call is not None:
                cut = True
            if isinstance(above, ast.Attribute) and above.attr in ("data", "shape"):
                cut = True
            if above is node or isinstance(above, ast.stmt):
                break
        # `float(loss)` and `loss.item()` are calls, as is `len(loss)`: any call is in doubt.
        if not cut:
            return True
    return False
