"""Habits of writing Python and of using modules."""

import ast
import re
from collections.abc import Iterator

from backend.rubric.findings.code import Def, is_false, parameters
from backend.rubric.findings.file import File
from backend.rubric.findings.imports import path

_SEEDS = (
    "torch.manual_seed",
    "torch.cuda.manual_seed",
    "torch.cuda.manual_seed_all",
    "torch.random.manual_seed",
    "numpy.random.seed",
    "random.seed",
)
_DROPOUT = re.compile(r"^torch\.nn\.functional\.(alpha_|feature_alpha_)?dropout[123]?d?$")
_WHOLE_MODEL = re.compile(r"^(self\.)?(model|net|network)$")
_LOOKS = ("shape", "dtype", "device", "grad", "requires_grad")


def seed_in_solution(file: File) -> Iterator[ast.AST]:
    """A seed fixed in code that others call changes their random numbers too."""
    for call in file.calls:
        if call.name not in _SEEDS or file.in_main(call.node):
            continue
        function = file.function_of(call.node)
        if function is not None and _is_asked_to(function, call.node):
            continue
        if not _is_restored(file, call.node):
            yield call.node


def broad_except(file: File) -> Iterator[ast.AST]:
    """except: or except Exception: that does not raise again."""
    for node in file.all(ast.ExceptHandler):
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        broad = any(one is None or path(one) in ("Exception", "BaseException") for one in caught)
        if broad and not file.within(node, ast.Raise):
            yield node


def print_left_in(file: File) -> Iterator[ast.AST]:
    """print in a module's method, or of a shape anywhere outside of main."""
    methods = {method for module in file.modules for method in module.methods.values()}
    for call in file.calls:
        if call.method != "print" or call.receiver is not None or file.in_main(call.node):
            continue
        looks = any(one.attr in _LOOKS for one in file.within(call.node, ast.Attribute))
        function = file.function_of(call.node)
        if (function is not None and function in methods) or (looks and function is not None):
            yield call.node


def mutable_default(file: File) -> Iterator[ast.AST]:
    for function in file.functions:
        for default in (*function.args.defaults, *function.args.kw_defaults):
            call = file.call(default)
            made = call is not None and path(call.node.func) in ("list", "dict", "set")
            if made or isinstance(default, ast.List | ast.Dict | ast.Set):
                yield function
                break


def calls_forward(file: File) -> Iterator[ast.AST]:
    """layer.forward(x) passes by hooks; layer(x) does not."""
    for call in file.calls:
        if call.method != "forward" or call.receiver is None or call.name:
            continue
        receiver = path(call.receiver)
        # super().forward(x), Base.forward(self, x), and a module's own are other things.
        if receiver and receiver != "self" and not receiver.rpartition(".")[2][:1].isupper():
            yield call.node


def functional_dropout(file: File) -> Iterator[ast.AST]:
    """F.dropout(x, p) drops in evaluation as well: `training` is True unless it is said."""
    for call in file.calls:
        if not _DROPOUT.match(call.name) or call.has_star:
            continue
        if len(call.node.args) < 3 and call.keyword("training") is None:
            yield call.node


def copy_in_loop(file: File) -> Iterator[ast.AST]:
    """copy.deepcopy(model) in every turn of a loop."""
    for call in file.calls:
        if call.name != "copy.deepcopy" or not call.node.args:
            continue
        loop = file.loop_of(call.node)
        copied = path(call.node.args[0])
        if loop is None or not _WHOLE_MODEL.match(copied):
            continue
        if copied in {one.path for one in file.assignments_in(loop)} or _is_bound(loop, copied):
            continue
        branch = any(
            isinstance(one, ast.If) and file.contains(loop, one)
            for one in file.ancestors(call.node)
        )
        if not branch:
            yield call.node


def unsafe_load(file: File) -> Iterator[ast.AST]:
    """torch.load(…, weights_only=False) runs whatever the file says."""
    for call in file.calls:
        if call.name == "torch.load" and is_false(call.keyword("weights_only")):
            yield call.node


def _is_asked_to(function: Def, node: ast.Call) -> bool:
    """A helper that is called to set a seed, or whose caller hands the seed in."""
    if "seed" in function.name.lower() or "determinis" in function.name.lower():
        return True
    given = path(node.args[0]) if node.args else ""
    return given in parameters(function) or (given.startswith("self.") and "seed" in given)


def _is_restored(file: File, node: ast.AST) -> bool:
    for one in file.ancestors(node):
        if isinstance(one, ast.With | ast.AsyncWith):
            for item in one.items:
                call = file.call(item.context_expr)
                if call is not None and call.method == "fork_rng":
                    return True
    function = file.function_of(node)
    return function is not None and any(
        call.method in ("set_rng_state", "set_state", "setstate")
        for call in file.calls_in(function)
    )


def _is_bound(loop: ast.AST, name: str) -> bool:
    return isinstance(loop, ast.For) and path(loop.target) == name
