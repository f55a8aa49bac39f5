"""How a model is evaluated: in which mode, and whether a graph is recorded."""

import ast
import re
from collections.abc import Iterator

from backend.rubric.findings.code import Def, parameters
from backend.rubric.findings.file import File
from backend.rubric.findings.imports import path

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
    if any(_switches(call.method, call.node) == "eval" for call in file.calls):
        return
    for function, _ in _evaluations(file):
        if not _goes_back(file, function):
            yield function


def stays_in_eval_mode(file: File) -> Iterator[ast.AST]:
    """A loop that trains and evaluates, and never switches back to training mode."""
    trains = {
        function.name
        for function in file.functions
        if any(call.method == "train" for call in file.calls_in(function))
    }
    switchers = {
        function.name
        for function in file.functions
        if function.name not in trains
        and any(_switches(call.method, call.node) == "eval" for call in file.calls_in(function))
        and not any(one.in_loop and file.contains(function, one.region) for one in file.steps)
    }
    for step in file.steps:
        loop = file.loop_of(step.region) if step.in_loop else None
        outer = loop if loop is not None else step.region
        if not isinstance(outer, ast.For | ast.AsyncFor | ast.While):
            continue
        calls = file.calls_in(outer)
        switched = [
            call
            for call in calls
            if _switches(call.method, call.node) == "eval" or call.method in switchers
        ]
        back = any(call.method == "train" or call.method in trains for call in calls)
        if switched and not back:
            yield switched[0].node


def evaluates_well(file: File) -> Iterator[ast.AST]:
    """Evaluation mode and no graph."""
    for function, model in _evaluations(file):
        calls = file.calls_in(function)
        mode = any(_switches(call.method, call.node) == "eval" for call in calls)
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


def _switches(method: str, node: ast.Call) -> str:
    if method == "eval" and isinstance(node.func, ast.Attribute) and not node.args:
        return "eval"
    if method == "train" and isinstance(node.func, ast.Attribute) and node.args:
        return "eval"  # train(False), or train(mode): somebody minds the mode
    return ""
