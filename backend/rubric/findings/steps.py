"""Steps of training: the loops (or functions) with a backward pass, and what happens in which
order around it."""

import ast
import re
from dataclasses import dataclass
from typing import Literal

from backend.rubric.findings.code import Call, Code, Def
from backend.rubric.findings.imports import path

Role = Literal["backward", "optimise", "zero", "schedule", "clip", "unscale", "eval", "train"]

_OPTIMISER = re.compile(r"(opt|sgd|adam|scaler|lbfgs)", re.IGNORECASE)
_SCHEDULER = re.compile(r"(sched|warm_?up|lr_)", re.IGNORECASE)
_CLIPS = ("clip_grad_norm_", "clip_grad_value_", "clip_grad_norm", "clip_grads_with_norm_")


@dataclass(frozen=True, slots=True)
class Happening:
    role: Role
    node: ast.AST
    through: str = ""
    """The helper function of the file in which it happens."""


@dataclass(frozen=True, slots=True)
class Step:
    """`region` is the innermost loop around a backward pass, else its function."""

    region: ast.AST
    happenings: tuple[Happening, ...]
    """In the order of the text."""

    @property
    def in_loop(self) -> bool:
        return isinstance(self.region, ast.For | ast.AsyncFor | ast.While)

    def all(self, role: Role) -> list[Happening]:
        return [one for one in self.happenings if one.role == role]

    def has(self, role: Role) -> bool:
        return any(one.role == role for one in self.happenings)

    def order(self, *roles: Role) -> list[Happening]:
        return [one for one in self.happenings if one.role in roles]


def steps(code: Code) -> list[Step]:
    regions: list[ast.AST] = []
    for call in code.calls:
        if is_backward(call):
            region = code.loop_of(call.node) or code.function_of(call.node)
            # A closure handed to the optimiser belongs to the loop that it is defined in.
            if isinstance(region, Def) and region.name == "closure":
                region = code.loop_of(region) or code.function_of(region) or region
            if region is not None and region not in regions:
                regions.append(region)
    named = _Named(code)
    helpers = {one.name: one for one in code.functions}
    return [Step(region, _happenings(code, region, named, helpers)) for region in regions]


def is_backward(call: Call) -> bool:
    """A backward pass, and not the backward of an autograd.Function called by hand."""
    if call.method != "backward" or call.receiver is None:
        return False
    return not path(call.receiver)[:1].isupper() and path(call.receiver) != "self"


class _Named:
    """Which names hold optimisers and which schedules."""

    def __init__(self, code: Code) -> None:
        self.optimisers: set[str] = set()
        self.schedulers: set[str] = set()
        for one in code.assignments:
            call = code.call(one.value)
            if call is None or not one.path:
                continue
            if call.name.startswith("torch.optim.lr_scheduler."):
                self.schedulers.add(one.path)
            elif call.name.startswith("torch.optim."):
                self.optimisers.add(one.path)

    def role(self, call: Call) -> Role | None:
        method = call.method
        if is_backward(call):
            return "backward"
        if method in _CLIPS:
            return "clip"
        if method == "zero_grad":
            return "zero"
        if method == "unscale_":
            return "unscale"
        if method == "zero_" and path(call.receiver).endswith((".grad", ".grad.data")):
            return "zero"
        if method == "step" and call.receiver is not None:
            return self._stepped(call.receiver)
        if method == "eval" and call.receiver is not None and not call.node.args:
            return "eval"
        if method == "train" and call.receiver is not None:
            return "train"
        return None

    def _stepped(self, receiver: ast.expr) -> Role | None:
        name = path(receiver)
        if name in self.schedulers:
            return "schedule"
        if name in self.optimisers:
            return "optimise"
        last = name.rpartition(".")[2]
        if _SCHEDULER.search(last):
            return "schedule"
        return "optimise" if _OPTIMISER.search(last) else None


def _happenings(
    code: Code, region: ast.AST, named: _Named, helpers: dict[str, Def]
) -> tuple[Happening, ...]:
    found: list[tuple[int, Happening]] = []
    for call in code.calls_in(region):
        role = named.role(call)
        if role is not None:
            found.append((code.position(call.node), Happening(role, call.node)))
            continue
        helper = helpers.get(call.method)
        own = call.receiver is None or path(call.receiver) == "self"
        if helper is not None and own and not code.contains(helper, region):
            for inner in code.calls_in(helper):
                role = named.role(inner)
                if role is not None:
                    where = code.position(call.node)
                    found.append((where, Happening(role, call.node, helper.name)))
            found += [
                (code.position(call.node), Happening("zero", call.node, helper.name))
                for _ in _grads_set_to_none(code, helper)
            ]
    for node in _grads_set_to_none(code, region):
        found.append((code.position(node), Happening("zero", node)))
    return tuple(happening for _, happening in sorted(found, key=lambda pair: pair[0]))


def _grads_set_to_none(code: Code, region: ast.AST) -> list[ast.expr]:
    return [
        one.target
        for one in code.assignments_in(region)
        if isinstance(one.target, ast.Attribute) and one.target.attr == "grad"
    ]
