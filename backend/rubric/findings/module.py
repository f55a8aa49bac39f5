"""The nn.Module classes of a file, and what each keeps on itself."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backend.rubric.findings.code import Assignment, Call, Code, Def

# Makers of tensors. What they return has no gradient unless it is asked for.
_FACTORIES = """
    arange as_tensor cartesian_prod empty empty_like eye from_numpy full full_like linspace
    logspace normal ones ones_like rand rand_like randint randn randn_like tensor tril
    tril_indices triu triu_indices zeros zeros_like FloatTensor LongTensor Tensor
"""
FACTORIES = frozenset(f"torch.{name}" for name in _FACTORIES.split())
# Methods after which a tensor is a tensor no more.
NOT_TENSORS = frozenset(
    ("data_ptr", "dim", "get_device", "item", "numel", "numpy", "size", "stride", "tolist")
)
# Layers with weights of their own begin so.
_LEARNED = (
    *("Linear", "LazyLinear", "Bilinear", "Conv", "LazyConv", "Embedding", "PReLU"),
    *("RNN", "LSTM", "GRU", "MultiheadAttention", "Transformer"),
    *("BatchNorm", "LayerNorm", "GroupNorm", "InstanceNorm", "RMSNorm"),
)
PARAMETER = ("torch.nn.Parameter", "torch.nn.parameter.Parameter")
MODULE = ("torch.nn.Module", "torch.nn.modules.module.Module", "torch.nn.modules.Module")
_CONTAINERS = ("ModuleList", "ModuleDict", "ParameterList", "ParameterDict")
# Whoever asks for these may reach any attribute by a way that cannot be seen.
_BY_ANOTHER_WAY = frozenset(
    (
        *("getattr", "vars", "__dict__", "_modules", "_parameters"),
        *("children", "named_children", "modules", "named_modules"),
        *("get_submodule", "get_parameter", "add_module", "register_module"),
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    node: ast.ClassDef
    direct: bool
    """Whether it derives from nn.Module itself, not from another module."""
    methods: dict[str, Def]

    @property
    def init(self) -> Def | None:
        return self.methods.get("__init__")

    @property
    def forward(self) -> Def | None:
        return self.methods.get("forward")

    def kept(self, code: Code) -> Iterator[Assignment]:
        """What its methods assign to attributes of self."""
        for method in self.methods.values():
            for one in code.assignments_in(method):
                if own_attribute(one.target):
                    yield one

    def reached_otherwise(self, code: Code) -> bool:
        names = {call.method for call in code.calls_in(self.node)}
        names |= {one.attr for one in code.within(self.node, ast.Attribute)}
        return not names.isdisjoint(_BY_ANOTHER_WAY)


def modules(code: Code) -> list[Module]:
    """Every class of the file that is an nn.Module, by its bases or theirs."""
    classes = code.all(ast.ClassDef)
    known: dict[str, Module] = {}
    # A class may stand before its base only where it could not run: one pass in order is enough.
    for node in classes:
        bases = [code.full(base) for base in node.bases]
        direct = any(base in MODULE for base in bases)
        local = any(isinstance(base, ast.Name) and base.id in known for base in node.bases)
        layer = any(is_layer_name(base) for base in bases)
        if direct or local or layer:
            methods = {one.name: one for one in node.body if isinstance(one, Def)}
            known[node.name] = Module(node, direct, methods)
    return list(known.values())


def own_attribute(node: ast.AST | None) -> str:
    """The name in `self.name`, else ""."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.attr if node.value.id == "self" else ""
    return ""


def is_layer_name(name: str) -> bool:
    """Whether a full name is that of a class of torch.nn that holds or is a layer."""
    start, _, last = name.rpartition(".")
    if start != "torch.nn" and not start.startswith("torch.nn.modules"):
        return False
    return last[:1].isupper() and last not in ("Parameter", "Buffer") and name not in MODULE


def is_container(call: Call) -> bool:
    return call.name.rpartition(".")[2] in _CONTAINERS and call.name.startswith("torch.nn.")


def has_weights(call: Call) -> bool:
    """Whether a call makes a layer that learns."""
    return is_layer_name(call.name) and call.method.startswith(_LEARNED)


def makes_layer(code: Code, call: Call, local: set[str]) -> bool:
    """Whether a call makes a layer: one of torch.nn, or of a module of this file."""
    return is_layer_name(call.name) or (call.receiver is None and call.method in local)


def tensor_maker(code: Code, node: ast.AST | None) -> Call | None:
    """The factory that a new tensor comes from, through methods and arithmetic on it; None for
    anything else."""
    for _ in range(20):
        if isinstance(node, ast.BinOp):
            left = tensor_maker(code, node.left)
            return left if left is not None else tensor_maker(code, node.right)
        if isinstance(node, ast.UnaryOp):
            node = node.operand
            continue
        if isinstance(node, ast.Subscript):
            node = node.value
            continue
        call = code.call(node)
        if call is None:
            return None
        if call.name in FACTORIES:
            # torch.tril(torch.ones(n, n)) and the like: the inner one is as good.
            return call
        if call.name in PARAMETER or call.name.startswith("torch.nn.") or call.receiver is None:
            return None
        if call.name.startswith("torch.") and call.node.args:
            node = call.node.args[0]
        elif call.name or call.method in NOT_TENSORS:
            return None
        else:
            node = call.receiver
    return None
