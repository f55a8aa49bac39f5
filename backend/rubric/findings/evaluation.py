"""How a model is evaluated: in which mode, and whether a graph is recorded."""

import ast
import re
from collections.abc import Callable, Iterator

from backend.rubric.findings.code import Call, Def, parameters
from backend.rubric.findings.file import File
from backend.rubric.findings.imports import path
from backend.rubric.findings.steps import is_backward

_EVALUATES = re.compile(r"^_?(eval|evaluate|validate|validation|valid|test|accuracy)(_|$)")
_MODEL = re.compile(r"^(model|net|network|classifier|module|student)$")


def eval_without_no_grad(file: File) -> Iterator[ast.AST]:
    for function, model in _evaluations(file):
        if _goes_back(file, function) or _called_under_no_grad(file, function):
            continue
        for call in file.calls_in(function):
            if path(call.node.func) == model and not file.under_no_grad(call.node):
                yield call.node
                break


def eval_without_eval_mode(file: File) -> Iterator[ast.AST]:
    """Nowhere in the file is evaluation mode switched on."""
    if any(map(_switches_to_eval, file.calls)):
        return
    for function, _ in _evaluations(file):
        if not _goes_back(file, function):
            yield function


def stays_in_eval_mode(file: File) -> Iterator[ast.AST]:
    """A loop that trains and evaluates, and never switches back to training mode."""
    trains = _helpers(file, lambda call: call.method == "train")
    learns = _helpers(file, is_backward)
    switches = _helpers(file, _switches_to_eval) - trains - learns
    for loop in file.loops:
        calls = file.calls_in(loop)
        learning = any(is_backward(call) or call.method in learns for call in calls)
        back = any(call.method == "train" or call.method in trains for call in calls)
        to_eval = [call for call in calls if _switches_to_eval(call) or call.method in switches]
        if learning and to_eval and not back:
            yield to_eval[0].node


def evaluates_well(file: File) -> Iterator[ast.AST]:
    """Evaluation mode and no graph."""
    for function, model in _evaluations(file):
        calls = file.calls_in(function)
        mode = any(map(_switches_to_eval, calls))
        uses = [call for call in calls if path(call.node.func) == model]
        if mode and uses and all(file.under_no_grad(call.node) for call in uses):
            yield function


def restores_mode(file: File) -> Iterator[ast.AST]:
    """model.train(was_training): leaves the model as it was found."""
    for function in file.functions:
        before = {
            one.path
            for one in file.assignments_in(function)
            if isinstance(one.value, ast.Attribute) and one.value.attr == "training"
        } - {""}
        for call in file.calls_in(function):
            if call.method == "train" and call.node.args and path(call.node.args[0]) in before:
                yield call.node


def saves_checkpoint(file: File) -> Iterator[ast.AST]:
    """torch.save of more than the weights: the optimiser's state is needed to go on."""
    for call in file.calls:
        if call.name != "torch.save" or not call.node.args:
            continue
        saved: ast.expr | None = call.node.args[0]
        if isinstance(saved, ast.Name):
            where = file.function_of(call.node) or file.tree
            name = saved.id
            values = [one.value for one in file.assignments_in(where) if one.path == name]
            saved = values[-1] if values else None
        states = [
            one
            for one in (file.calls_in(saved) if saved is not None else [])
            if one.method == "state_dict"
        ]
        if len(states) > 1:
            yield call.node


def _evaluations(file: File) -> list[tuple[Def, str]]:
    """Functions that evaluate by their name, and the name of the model that they call."""
    found = []
    for function in file.functions:
        if not _EVALUATES.match(function.name):
            continue
        called = {path(call.node.func) for call in file.calls_in(function)}
        names = [name for name in parameters(function) if _MODEL.match(name)]
        names += ["self.model", "self.net"]
        model = next((name for name in names if name in called), None)
        if model is not None:
            found.append((function, model))
    return found


def _goes_back(file: File, function: Def) -> bool:
    """A backward pass in it: then it needs the graph, whatever it is called."""
    return any(
        call.method in ("backward", "step") or call.name == "torch.autograd.grad"
        for call in file.calls_in(function)
    )


def _called_under_no_grad(file: File, function: Def) -> bool:
    return any(
        call.method == function.name and file.under_no_grad(call.node) for call in file.calls
    )


def _helpers(file: File, does: Callable[[Call], bool]) -> set[str]:
    """Names of the file's functions in which something is called."""
    return {one.name for one in file.functions if any(map(does, file.calls_in(one)))}


def _switches_to_eval(call: Call) -> bool:
    """model.eval(), or train(mode) with a mode: somebody minds the mode."""
    if call.receiver is None or call.name:
        return False
    given = bool(call.node.args)
    return call.method == "train" if given else call.method == "eval"
