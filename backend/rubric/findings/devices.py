"""Whether code runs where its data is."""

import ast
from collections.abc import Iterator

from backend.rubric.findings.code import Call, Def
from backend.rubric.findings.file import File
from backend.rubric.findings.imports import path
from backend.rubric.findings.module import FACTORIES

_ARRIVES = frozenset(("to", "type_as", "cuda", "cpu", "expand_as"))


def hard_coded_device(file: File) -> Iterator[ast.AST]:
    """x.cuda(), x.to("cuda"), device="cuda", unless there was a look whether there is one."""
    for call in file.calls:
        if _is_asked(file, call.node):
            continue
        if call.method == "cuda" and call.receiver is not None and not call.name:
            # x.cuda(rank): somebody has thought of where.
            if all(isinstance(one, ast.Constant) for one in call.node.args):
                yield call.node
            continue
        given = [call.keyword("device")]
        if (call.method == "to" and not call.name) or call.name == "torch.device":
            given += call.node.args[:1]
        if any(_is_cuda(one) for one in given):
            yield call.node


def device_mismatch(file: File) -> Iterator[ast.AST]:
    """A tensor made in forward on the default device, wherever the input is."""
    for method, call in _made_in_forward(file):
        if call.keyword("device") is not None or call.has_star or call.name.endswith("_like"):
            continue
        if not _is_scalar(call) and not _arrives(file, method, call) and not _is_index(file, call):
            yield call.node


def follows_device(file: File) -> Iterator[ast.AST]:
    for _, call in _made_in_forward(file):
        given = call.keyword("device")
        if isinstance(given, ast.Attribute) and given.attr == "device":
            yield call.node


def _made_in_forward(file: File) -> Iterator[tuple[Def, Call]]:
    for module in file.modules:
        if module.forward is None:
            continue
        for call in file.calls_in(module.forward):
            if call.name in FACTORIES and call.method not in ("tril", "triu"):
                yield module.forward, call


def _is_cuda(node: ast.expr | None) -> bool:
    said = node.value if isinstance(node, ast.Constant) else None
    return isinstance(said, str) and said.partition(":")[0] == "cuda"


def _is_asked(file: File, node: ast.AST) -> bool:
    """In a branch on whether there is a GPU."""
    for one in file.ancestors(node):
        if isinstance(one, ast.If | ast.IfExp):
            asked = {call.method for call in file.calls_in(one.test)}
            names = {name.id.lower() for name in file.within(one.test, ast.Name)}
            if "is_available" in asked or "device_count" in asked:
                return True
            if any("cuda" in name or "gpu" in name or "device" in name for name in names):
                return True
    return False


def _is_scalar(call: Call) -> bool:
    """torch.tensor(0.5) has no dimensions, and such a tensor may mix with any device."""
    if call.method not in ("tensor", "as_tensor") or not call.node.args:
        return call.method in ("as_tensor", "from_numpy")
    return not isinstance(call.node.args[0], ast.List | ast.Tuple | ast.ListComp)


def _arrives(file: File, method: Def, call: Call) -> bool:
    """Whether the tensor is moved later: in the same statement, or by its name."""
    for one in file.ancestors(call.node):
        above = file.call(one)
        if above is not None and (above.method in _ARRIVES or above.method.startswith("new_")):
            return True
        if isinstance(one, ast.stmt):
            break
    statement = file.statement_of(call.node)
    names = {one.path for one in file.assignments_in(method) if one.statement is statement} - {""}
    return any(
        other.method in _ARRIVES and path(other.receiver) in names
        for other in file.calls_in(method)
    )


def _is_index(file: File, call: Call) -> bool:
    """x[torch.arange(n), targets]: an index may lie on the CPU."""
    statement = file.statement_of(call.node)
    for one in file.ancestors(call.node):
        if isinstance(one, ast.Subscript):
            return True
        if one is statement:
            break
    where = file.function_of(call.node) or file.tree
    names = {one.path for one in file.assignments_in(where) if one.statement is statement} - {""}
    if not names:
        return False
    return any(
        name.id in names
        for node in file.within(where, ast.Subscript)
        for name in file.within(node.slice, ast.Name)
    )
