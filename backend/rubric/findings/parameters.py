"""What a module keeps: parameters, buffers and other modules."""

import ast
from collections.abc import Iterator

from backend.rubric.findings.code import Assignment, Call, is_true
from backend.rubric.findings.file import File
from backend.rubric.findings.imports import path
from backend.rubric.findings.module import (
    PARAMETER,
    Module,
    has_weights,
    is_container,
    makes_layer,
    own_attribute,
    tensor_maker,
)

_GATHERS = ("Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict")


def raw_parameter(file: File) -> Iterator[ast.AST]:
    """self.weight = torch.randn(3, requires_grad=True) in a module."""
    for module in file.modules:
        for one in module.kept(file):
            if _asks_for_grad(file, one.value):
                yield one.statement
        for one in file.assignments_in(module.node):
            target = one.target
            if (
                isinstance(target, ast.Attribute)
                and target.attr == "requires_grad"
                and is_true(one.value)
                and own_attribute(target.value) in _plain_tensors(file, module)
            ):
                yield one.statement


def state_not_buffer(file: File) -> Iterator[ast.AST]:
    """self.mask = torch.ones(n, n) in __init__: neither saved nor moved with the module."""
    for module in file.modules:
        if module.init is None:
            continue
        for one in file.assignments_in(module.init):
            if own_attribute(one.target) and _is_plain_tensor(file, one.value):
                yield one.statement


def missing_super_init(file: File) -> Iterator[ast.AST]:
    for module in file.modules:
        init = module.init
        if init is None or any(call.method == "__init__" for call in file.calls_in(init)):
            continue
        if any(own_attribute(one.target) for one in file.assignments_in(init)):
            yield init


def modules_in_list(file: File) -> Iterator[ast.AST]:
    """self.layers = [nn.Linear(…), …]: layers that the module does not know of."""
    for module in file.modules:
        lists = _lists_of_layers(file, module)
        registered = _handed_to_container(file, module)
        for one in module.kept(file):
            own = one.path
            value = one.value
            if isinstance(value, ast.Name):
                hit = value.id in lists and value.id not in registered
            else:
                hit = _holds_layers(file, value) or (_is_empty(file, value) and own in lists)
            if hit and own not in registered:
                yield one.statement


def unused_parameter(file: File) -> Iterator[ast.AST]:
    """A parameter or layer made in __init__ that nothing in the file ever uses."""
    used = {one.attr for one in file.all(ast.Attribute) if isinstance(one.ctx, ast.Load)}
    said = {one.value for one in file.all(ast.Constant) if isinstance(one.value, str)}
    for module in file.modules:
        if not module.direct or module.forward is None or module.init is None:
            continue
        if module.reached_otherwise(file):
            continue
        for one in file.assignments_in(module.init):
            name = own_attribute(one.target)
            call = file.call(one.value)
            if not name or call is None or name in used or name in said:
                continue
            if call.name in PARAMETER or makes_layer(file, call, file.local_layers):
                yield one.statement


def layer_made_in_forward(file: File) -> Iterator[ast.AST]:
    """New weights in every call: they are never trained."""
    for module in file.modules:
        if module.forward is None:
            continue
        for call in file.calls_in(module.forward):
            if call.name in PARAMETER or has_weights(call):
                yield call.node


def registers_buffer(file: File) -> Iterator[ast.AST]:
    for module in file.modules:
        for call in file.calls_in(module.node):
            if call.method == "register_buffer" and path(call.receiver) == "self":
                yield call.node


def registers_parameter(file: File) -> Iterator[ast.AST]:
    """self.weight = nn.Parameter(…) in __init__."""
    for module in file.modules:
        if module.init is None:
            continue
        for one in file.assignments_in(module.init):
            call = file.call(one.value)
            if own_attribute(one.target) and call is not None and call.name in PARAMETER:
                yield one.statement


def leaves(file: File, where: ast.AST) -> Iterator[Assignment]:
    """Names that hold a leaf of the graph: made here, and gradients are asked for."""
    for one in file.assignments_in(where):
        call = file.call(one.value)
        if _asks_for_grad(file, one.value) or (call is not None and call.name in PARAMETER):
            yield one


def _asks_for_grad(file: File, node: ast.expr | None) -> bool:
    call = file.call(node)
    if call is None or call.name in PARAMETER:
        return False
    if call.method == "requires_grad_" and not call.node.args and not call.node.keywords:
        return tensor_maker(file, call.receiver) is not None
    if call.name == "torch.autograd.Variable":
        return is_true(call.keyword("requires_grad"))
    maker = tensor_maker(file, node)
    return maker is not None and maker is call and is_true(maker.keyword("requires_grad"))


def _is_plain_tensor(file: File, node: ast.expr | None) -> bool:
    return tensor_maker(file, node) is not None and not _asks_for_grad(file, node)


def _plain_tensors(file: File, module: Module) -> set[str]:
    return {
        own_attribute(one.target) for one in module.kept(file) if _is_plain_tensor(file, one.value)
    } - {""}


def _holds_layers(file: File, node: ast.expr | None) -> bool:
    """A list, a dict or a comprehension with layers in it."""
    inside: list[ast.expr | None]
    if isinstance(node, ast.List | ast.Tuple):
        inside = list(node.elts)
    elif isinstance(node, ast.Dict):
        inside = list(node.values)
    elif isinstance(node, ast.ListComp):
        inside = [node.elt]
    elif isinstance(node, ast.DictComp):
        inside = [node.value]
    else:
        return False
    calls = [call for call in map(file.call, inside) if call is not None]
    return any(_is_layer_or_parameter(file, call) for call in calls)


def _is_layer_or_parameter(file: File, call: Call) -> bool:
    return call.name in PARAMETER or makes_layer(file, call, file.local_layers)


def _is_empty(file: File, node: ast.expr | None) -> bool:
    call = file.call(node)
    if call is not None:
        return not call.name and call.method in ("list", "dict") and not call.node.args
    return (isinstance(node, ast.List) and not node.elts) or (
        isinstance(node, ast.Dict) and not node.keys
    )


def _lists_of_layers(file: File, module: Module) -> set[str]:
    """Paths of plain lists and dicts that layers are put into."""
    started = {one.path for one in file.assignments_in(module.node) if _is_empty(file, one.value)}
    found = {one.path for one in file.assignments_in(module.node) if _holds_layers(file, one.value)}
    for call in file.calls_in(module.node):
        to = path(call.receiver)
        if call.method == "append" and to in started and call.node.args:
            item = file.call(call.node.args[0])
            if item is not None and _is_layer_or_parameter(file, item):
                found.add(to)
    for one in file.assignments_in(module.node):
        if isinstance(one.target, ast.Subscript) and path(one.target.value) in started:
            item = file.call(one.value)
            if item is not None and _is_layer_or_parameter(file, item):
                found.add(path(one.target.value))
    return found - {""}


def _handed_to_container(file: File, module: Module) -> set[str]:
    """Paths of lists whose members are registered by other means."""
    found: set[str] = set()
    for call in file.calls_in(module.node):
        if is_container(call) or call.name.endswith(_GATHERS) or call.method == "add_module":
            for argument in call.node.args:
                inner = argument.value if isinstance(argument, ast.Starred) else argument
                found.update(path(one) for one in file.within(inner, ast.Name))
                found.update(path(one) for one in file.within(inner, ast.Attribute))
    # A loop that registers each member by name.
    for loop in file.loops:
        if isinstance(loop, ast.For) and file.contains(module.node, loop):
            calls = {call.method for call in file.calls_in(loop)}
            if calls & {"add_module", "register_module", "setattr", "register_parameter"}:
                found.update(path(one) for one in file.within(loop.iter, ast.Name))
                found.update(path(one) for one in file.within(loop.iter, ast.Attribute))
    return found - {""}
