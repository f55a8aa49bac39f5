"""How the graph of gradients is kept, cut and changed."""

import ast
import re
from collections.abc import Iterator

from backend.rubric.findings.code import Call
from backend.rubric.findings.file import File
from backend.rubric.findings.imports import path
from backend.rubric.findings.module import PARAMETER, own_attribute
from backend.rubric.findings.parameters import leaves
from backend.rubric.findings.steps import is_backward

# Many things have an attribute `data`; a tensor is told by its name, or by what is asked of it.
_TENSORS = re.compile(
    r"(p|w|b|x|y|z|h|q|k|v|out|grad|loss|hidden|logits|scores|param\w*|weights?|bias|tensors?|inputs?"
    r"|outputs?|targets?|pred\w*)"
)
_OF_TENSORS = frozenset(
    (
        *(
            "abs",
            "argmax",
            "clamp",
            "clone",
            "cpu",
            "cuda",
            "detach",
            "exp",
            "float",
            "item",
            "log",
        ),
        *("max", "mean", "min", "norm", "numpy", "pow", "reshape", "sqrt", "square", "sum", "view"),
    )
)
# Ends in an underscore and changes no value.
_HARMLESS = frozenset(("requires_grad_", "retain_grad_", "share_memory_", "rename_", "_"))
_OTHER_NET = re.compile(
    r"(^|_)(target|teacher|ema|momentum)"
    r"(_?(net|network|model|encoder|q|critic|actor|policy|head|value))?$",
    re.IGNORECASE,
)
_LEAVES_GRAPH = frozenset(("item", "detach", "tolist", "numpy", "float"))


def data_attribute(file: File) -> Iterator[ast.AST]:
    """x.data outside of no_grad, except where a layer's own parameter is set through it."""
    for node in file.all(ast.Attribute):
        if node.attr != "data" or file.full(node) or file.under_no_grad(node):
            continue
        if _is_tensors(file, node) and not _sets_a_parameter(file, node):
            yield node


def variable(file: File) -> Iterator[ast.AST]:
    for call in file.calls:
        if call.name == "torch.autograd.Variable":
            yield call.node


def in_place_on_leaf(file: File) -> Iterator[ast.AST]:
    """w = torch.ones(3, requires_grad=True); w += 1 outside of no_grad raises an error."""
    for where in (*file.functions, file.tree):
        assigned = [one.path for one in file.assignments_in(where)]
        for one in leaves(file, where):
            if isinstance(one.target, ast.Name) and assigned.count(one.path) == 1:
                yield from _changes(file, where, one.path)
    for module in file.modules:
        kept = list(module.kept(file))
        for one in kept:
            call = file.call(one.value)
            if call is not None and call.name in PARAMETER:
                yield from _changes(file, module.node, one.path)


def target_not_detached(file: File) -> Iterator[ast.AST]:
    """The output of a target or teacher network in a loss, with gradients flowing into it."""
    if _frozen_somewhere(file):
        return
    for call in file.calls:
        name = path(call.node.func).rpartition(".")[2]
        if not _OTHER_NET.search(name) or call.name or file.under_no_grad(call.node):
            continue
        function = file.function_of(call.node)
        where = function or file.tree
        if function is not None and function.name == name:
            continue
        open_end = _is_cut(file, where, call) or _is_handed_out(file, call)
        if _has_loss(file, where) and not open_end:
            yield call.node


def retain_graph(file: File) -> Iterator[ast.AST]:
    """Asked for where there is only one backward pass to be made."""
    for step in file.steps:
        passes = step.all("backward")
        if len(passes) != 1 or not isinstance(passes[0].node, ast.Call):
            continue
        call = file.call(passes[0].node)
        if call is not None and is_backward(call):
            kept = call.keyword("retain_graph")
            if isinstance(kept, ast.Constant) and kept.value is True:
                yield call.node


def numpy_in_forward(file: File) -> Iterator[ast.AST]:
    """Through NumPy, or through a number and back, no gradient passes."""
    for module in file.modules:
        if module.forward is None:
            continue
        for call in file.calls_in(module.forward):
            if file.under_no_grad(call.node):
                continue
            as_array = call.method == "numpy" and not call.name and not call.node.args
            if as_array or _from_number(file, call):
                yield call.node


def detached_output(file: File) -> Iterator[ast.AST]:
    """forward returns x.detach(): nothing before it is trained."""
    for module in file.modules:
        if module.forward is None:
            continue
        for node in file.within(module.forward, ast.Return):
            call = file.call(node.value)
            detached = call is not None and call.method == "detach" and not call.node.args
            if detached and file.function_of(node) is module.forward:
                yield node


def detached_target(file: File) -> Iterator[ast.AST]:
    """Targets of a loss that are cut from the graph on purpose."""
    for call in file.calls:
        name = path(call.node.func).rpartition(".")[2]
        if call.name or not _OTHER_NET.search(name):
            continue
        where = file.function_of(call.node) or file.tree
        cut = file.under_no_grad(call.node) or _is_cut(file, where, call)
        if cut and _has_loss(file, where):
            yield call.node


def _is_tensors(file: File, node: ast.Attribute) -> bool:
    if _TENSORS.fullmatch(path(node.value).rpartition(".")[2]):
        return True
    above = file.parent(node)
    if not isinstance(above, ast.Attribute) or file.call(file.parent(above)) is None:
        return False
    in_place = above.attr.endswith("_") and not above.attr.endswith("__")
    return in_place or above.attr in _OF_TENSORS


def _sets_a_parameter(file: File, node: ast.Attribute) -> bool:
    """layer.weight.data = …, layer.weight.data *= …, layer.weight.data.normal_(), and what stands
    on the right of such an assignment; p.grad.data is the gradient's."""
    if isinstance(node.value, ast.Attribute) and node.value.attr == "grad":
        return True
    for one in file.ancestors(node):
        if isinstance(one, ast.Assign | ast.AugAssign):
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            return any(_is_parameters_data(target) for target in targets)
        if isinstance(one, ast.stmt):
            break
    above = file.parent(node)
    in_place = isinstance(above, ast.Attribute) and above.attr.endswith("_")
    called = file.call(file.parent(above)) if in_place and above is not None else None
    return called is not None and _is_parameters_data(node)


def _is_parameters_data(node: ast.expr) -> bool:
    if isinstance(node, ast.Subscript):
        node = node.value
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "data"
        and isinstance(node.value, ast.Attribute)
    )


def _changes(file: File, where: ast.AST, name: str) -> Iterator[ast.AST]:
    for node in file.within(where, ast.AugAssign):
        target = node.target.value if isinstance(node.target, ast.Subscript) else node.target
        if path(target) == name and not file.under_no_grad(node):
            yield node
    for one in file.assignments_in(where):
        part = one.target.value if isinstance(one.target, ast.Subscript) else None
        if path(part) == name and not file.under_no_grad(one.statement):
            yield one.statement
    for call in file.calls_in(where):
        method = call.method
        if path(call.receiver) != name or not method.endswith("_") or method.endswith("__"):
            continue
        if method not in _HARMLESS and not file.under_no_grad(call.node):
            yield call.node


def _frozen_somewhere(file: File) -> bool:
    """Whether gradients are switched off for some parameters: then for the target's, it may be."""
    for call in file.calls:
        if call.method == "requires_grad_" and call.node.args:
            return True
    return any(
        isinstance(one.target, ast.Attribute)
        and one.target.attr == "requires_grad"
        and isinstance(one.value, ast.Constant)
        and one.value.value is False
        for one in file.assignments
    )


def _has_loss(file: File, where: ast.AST) -> bool:
    return any(
        call.method == "backward" or "loss" in call.method.lower() for call in file.calls_in(where)
    )


def _is_cut(file: File, where: ast.AST, call: Call) -> bool:
    """Whether the call's result is detached, at once or by the name that it gets."""
    statement = file.statement_of(call.node)
    for one in file.ancestors(call.node):
        above = file.call(one)
        if above is not None and above.method in _LEAVES_GRAPH:
            return True
        if one is statement:
            break
    names = {
        name.id
        for assignment in file.assignments_in(where)
        if assignment.statement is statement
        for name in file.within(assignment.target, ast.Name)
    }
    # What is made of it may be detached instead: follow one more assignment.
    for assignment in file.assignments_in(where):
        if assignment.value is None:
            continue
        if any(name.id in names for name in file.within(assignment.value, ast.Name)):
            names |= {name.id for name in file.within(assignment.target, ast.Name)}
    for other in file.calls_in(where):
        if other.method not in _LEAVES_GRAPH or other.receiver is None:
            continue
        if any(name.id in names for name in file.within(other.receiver, ast.Name)):
            return True
    return False


def _is_handed_out(file: File, call: Call) -> bool:
    """Returned as it is: what becomes of it cannot be seen here."""
    for one in file.ancestors(call.node):
        above = file.call(one)
        if above is not None and "loss" in above.method.lower():
            return False
        if isinstance(one, ast.stmt):
            return isinstance(one, ast.Return)
    return False


def _from_number(file: File, call: Call) -> bool:
    """torch.tensor(x.item())"""
    if call.name not in ("torch.tensor", "torch.as_tensor") or not call.node.args:
        return False
    inner = file.call(call.node.args[0])
    return (
        inner is not None
        and inner.method in ("item", "tolist")
        and not inner.name
        and not own_attribute(inner.receiver)
    )
