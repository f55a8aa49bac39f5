"""The order of things in a step of training."""

import ast
import re
from collections.abc import Iterator

from backend.rubric.findings.file import File
from backend.rubric.findings.imports import path
from backend.rubric.findings.steps import Happening, Step

_NEEDS_CLIPPING = re.compile(
    r"^torch\.nn\.(RNN|LSTM|GRU|Transformer|MultiheadAttention)|^(.*\.)?scaled_dot_product_attention$"
)
_NAMED_LIKE_IT = re.compile(r"(rnn|lstm|gru|transformer|attention)", re.IGNORECASE)


def no_zero_grad(file: File) -> Iterator[ast.AST]:
    """Steps follow each other and nothing ever clears the gradients between them."""
    somewhere = any(step.has("zero") for step in file.steps) or any(
        call.method == "zero_grad" for call in file.calls
    )
    for step in file.steps:
        if step.has("zero") or not step.has("backward"):
            continue
        if not step.has("optimise") and not _updates_by_hand(file, step):
            continue
        if _makes_new_leaves(file, step):
            continue
        # Without a loop the caller may clear them; then something in the file must.
        if (step.in_loop and not _cleared_by_caller(file, step)) or not somewhere:
            yield step.all("backward")[0].node


def zeroed_before_step(file: File) -> Iterator[ast.AST]:
    """backward(), zero_grad(), step(): the step sees no gradients."""
    for step in file.steps:
        row = _direct(step, "backward", "zero", "optimise")
        for first, second, third in zip(row, row[1:], row[2:], strict=False):
            wiped = (first.role, second.role, third.role) == ("backward", "zero", "optimise")
            if wiped and _same_block(file, second.node, third.node):
                yield second.node


def step_before_backward(file: File) -> Iterator[ast.AST]:
    for step in file.steps:
        row = _direct(step, "backward", "optimise")
        swapped = bool(row) and row[0].role == "optimise" and row[-1].role == "backward"
        if swapped and _same_block(file, row[0].node, row[-1].node):
            yield row[0].node


def scheduler_before_optimiser(file: File) -> Iterator[ast.AST]:
    for step in file.steps:
        row = _direct(step, "schedule", "optimise")
        swapped = bool(row) and row[0].role == "schedule" and row[-1].role == "optimise"
        if swapped and _same_block(file, row[0].node, row[-1].node):
            yield row[0].node


def clipped_too_late(file: File) -> Iterator[ast.AST]:
    """Clipping after the step, or before there are gradients."""
    for step in file.steps:
        row = _direct(step, "backward", "clip", "optimise")
        roles = [one.role for one in row]
        if roles.count("clip") != 1 or roles.count("optimise") != 1 or "backward" not in roles:
            continue
        at = roles.index("clip")
        fits = "backward" in roles[:at] and "optimise" in roles[at:]
        ordered = roles.index("backward") < roles.index("optimise")
        if not fits and ordered and _same_block(file, row[at].node, _of(row, "optimise").node):
            yield row[at].node


def clipped_scaled(file: File) -> Iterator[ast.AST]:
    """With a gradient scaler, clipping before unscale_() clips gradients that are far too large."""
    for step in file.steps:
        scaled = any(
            call.method == "scale" and "scaler" in path(call.receiver).lower()
            for call in file.calls_in(step.region)
        )
        if scaled and step.has("clip") and not step.has("unscale"):
            yield step.all("clip")[0].node


def no_clipping(file: File) -> Iterator[ast.AST]:
    """Only where it is known to matter: recurrent networks and transformers."""
    if not _needs_clipping(file):
        return
    manual = any(
        isinstance(one, ast.Attribute) and one.attr == "grad" and _scales(file, one)
        for one in file.all(ast.Attribute)
    )
    if manual or any("clip" in call.method for call in file.calls):
        return
    for step in file.steps:
        if step.in_loop and step.has("optimise"):
            yield step.all("optimise")[0].node


def gradients_zeroed(file: File) -> Iterator[ast.AST]:
    """Cleared in the loop, before the backward pass or after the step."""
    wiped = list(zeroed_before_step(file))
    for step in file.steps:
        if step.in_loop and step.has("zero") and step.has("optimise") and not wiped:
            yield step.all("zero")[0].node


def gradients_clipped(file: File) -> Iterator[ast.AST]:
    for step in file.steps:
        roles = [one.role for one in step.order("backward", "clip", "optimise")]
        for at, role in enumerate(roles):
            if role == "clip" and "backward" in roles[:at] and "optimise" in roles[at:]:
                yield step.all("clip")[0].node
                break


def _direct(step: Step, *roles: str) -> list[Happening]:
    """What happens in the region itself, not inside of helpers, whose order is their own."""
    return [one for one in step.happenings if one.role in roles and not one.through]


def _of(row: list[Happening], role: str) -> Happening:
    return next(one for one in row if one.role == role)


def _same_block(file: File, one: ast.AST, other: ast.AST) -> bool:
    """Whether both always happen together: the same loop, and no branch around either that is not
    around the other."""
    return _branches(file, one) == _branches(file, other)


def _branches(file: File, node: ast.AST) -> list[ast.AST]:
    kinds = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.FunctionDef, ast.Lambda)
    return [one for one in file.ancestors(node) if isinstance(one, kinds)]


def _updates_by_hand(file: File, step: Step) -> bool:
    """w -= lr * w.grad, and the like, in a loop."""
    if not step.in_loop:
        return False
    for node in file.within(step.region, ast.AugAssign):
        if any(one.attr == "grad" for one in file.within(node.value, ast.Attribute)):
            return True
    return False


def _makes_new_leaves(file: File, step: Step) -> bool:
    return any(
        call.method in ("requires_grad_", "detach_") or call.keyword("requires_grad") is not None
        for call in file.calls_in(step.region)
    ) or any(
        call.name.startswith("torch.optim.") and "lr_scheduler" not in call.name
        for call in file.calls_in(step.region)
    )


def _cleared_by_caller(file: File, step: Step) -> bool:
    """An outer loop of the same function that clears gradients: accumulation over the inner."""
    outer = file.loop_of(step.region)
    return (
        outer is not None
        and not _stepped_inside(file, step)
        and any(call.method == "zero_grad" for call in file.calls_in(outer))
    )


def _stepped_inside(file: File, step: Step) -> bool:
    return any(not one.through for one in step.all("optimise"))


def _needs_clipping(file: File) -> bool:
    if any(_NEEDS_CLIPPING.search(call.name) for call in file.calls):
        return True
    return any(_NAMED_LIKE_IT.search(one.node.name) for one in file.modules)


def _scales(file: File, grad: ast.Attribute) -> bool:
    above = file.parent(grad)
    if isinstance(above, ast.AugAssign):
        return above.target is grad
    return isinstance(above, ast.Attribute) and above.attr in ("mul_", "div_", "clamp_", "copy_")
