"""How shapes are followed: comments, checks, and steps that do not survive another shape."""

import ast
import re
from collections.abc import Iterator

from backend.rubric.findings.code import Call, Def, parameters
from backend.rubric.findings.file import File
from backend.rubric.findings.imports import path

_TURNS = frozenset(("transpose", "permute", "t", "swapaxes", "swapdims", "movedim"))
_RESHAPES = frozenset((*_TURNS, "view", "reshape", "flatten", "unflatten", "expand"))
_MANY_RESHAPES = 4
# (B, T, C), [batch, 3, H, W], (N,), (batch_size, -1); B x T x C
_BRACKET = re.compile(r"[(\[]([^()\[\]]{1,60})[)\]]")
_TIMES = re.compile(r"\b[A-Z]\w{0,3}(?:\s*[x×]\s*[A-Z0-9]\w{0,3})+\b")
_SIZE = re.compile(r"-?\w{1,24}(?:\s?[*/+-]\s?\w{1,24})?|\.\.\.|\*\w{0,12}")
# At least one size must be named as sizes are, so that "(see Smith, 2019)" is no shape.
_SURE = re.compile(
    r"[A-Z]\w?(?:_\w{1,8})?|[A-Z]{3}|-1|[bnctdhwlk]|(?:in_|out_|num_|n_|d_)\w+|\w*(?:batch|seq|time|steps?|tokens?"
    r"|heads?|channels?|features?|hidden|dims?|embed|classes|height|width|samples|vocab|rows|"
    r"keys|queries|size|length|len)(?:_\w+)?"
)
_COMMENT = re.compile(r"#(.*)$")


def view_of_transposed(file: File) -> Iterator[ast.AST]:
    """x.transpose(1, 2).view(b, t, -1): the values do not lie in that order."""
    for call in file.calls:
        if call.method != "view" or call.name or call.receiver is None:
            continue
        sizes = len(call.node.args)
        if not sizes or file.full(call.node.args[0]).startswith("torch."):
            continue
        turned = _turned(file, call)
        if turned is None:
            continue
        known = len(turned.node.args) if turned.method == "permute" else None
        # Splitting a dimension is allowed on any layout; merging is not. With four sizes or more
        # after a transposition it may be either.
        if (known is not None and 1 < known < sizes) or (known is None and sizes > 3):
            continue
        yield call.node


def loop_over_batch(file: File) -> Iterator[ast.AST]:
    """for i in range(x.shape[0]): … x[i] …, where one operation would do all at once."""
    for loop in file.all(ast.For):
        function = file.function_of(loop)
        if function is None or not isinstance(loop.target, ast.Name):
            continue
        counted = _batch_counted(file, function, loop.iter)
        if counted is None or not _indexes(file, loop, loop.target.id):
            continue
        if not _is_recurrence(file, loop) and not _trains(file, loop):
            yield loop


def bare_squeeze(file: File) -> Iterator[ast.AST]:
    """x.squeeze() in forward drops the batch dimension of a batch of one."""
    for module in file.modules:
        if module.forward is None:
            continue
        for call in file.calls_in(module.forward):
            bare = not call.node.args and not call.node.keywords
            if call.method == "squeeze" and bare and not call.name:
                yield call.node


def no_shape_comments(file: File) -> Iterator[ast.AST]:
    """A function that turns shapes around many times, and says nothing about them."""
    for function in file.functions:
        methods = [call.method for call in file.calls_in(function) if not call.name]
        # Many times, and the order too: rows made flat and back again explain themselves.
        many = sum(method in _RESHAPES for method in methods) >= _MANY_RESHAPES
        if not many or _TURNS.isdisjoint(methods) or _unpacks_shape(file, function):
            continue
        first, last = function.lineno, function.end_lineno or function.lineno
        if any(_says_shape(file.line(number)) for number in range(first, last + 1)):
            continue
        owner = file.class_of(function)
        if not _docstring_says(function) and not (owner and _docstring_says(owner)):
            yield function


def shape_comments(file: File) -> Iterator[ast.AST]:
    """At least two comments with shapes in one function, at steps of it."""
    for function in file.functions:
        lines = [
            node
            for node in file.within(function, ast.Assign) + file.within(function, ast.Return)
            if _says_shape(file.line(node.end_lineno or node.lineno))
        ]
        if len(lines) >= 2:
            yield min(lines, key=lambda node: node.lineno)


def shape_checks(file: File) -> Iterator[ast.AST]:
    """An assertion with a message, or an error raised, about a shape."""
    for node in file.all(ast.Assert):
        if node.msg is not None and _asks_shape(file, node.test):
            yield node
    for branch in file.all(ast.If):
        if branch.body and isinstance(branch.body[0], ast.Raise) and _asks_shape(file, branch.test):
            yield branch


def _turned(file: File, view: Call) -> Call | None:
    """The transposition whose result is viewed: directly, or by the name it was given last."""
    receiver = view.receiver
    if isinstance(receiver, ast.Name):
        where = file.function_of(view.node) or file.tree
        here = file.position(view.node)
        values = [
            one.value
            for one in file.assignments_in(where)
            if one.path == receiver.id and file.position(one.target) < here
        ]
        statement = file.statement_of(view.node)
        same = [
            one.value
            for one in file.assignments_in(where)
            if one.statement is statement and one.path == receiver.id
        ]
        before = [value for value in values if value not in same]
        receiver = before[-1] if before else None
    call = file.call(receiver)
    if call is None or call.name or call.method not in _TURNS or call.receiver is None:
        return None
    return call


def _batch_counted(file: File, function: Def, counted: ast.expr) -> str | None:
    """The parameter whose first dimension is counted by range(...)."""
    call = file.call(counted)
    if call is None or call.method != "range" or call.receiver is not None:
        return None
    if len(call.node.args) != 1:
        return None
    return _batch_of(file, function, call.node.args[0])


def _batch_of(file: File, function: Def, size: ast.expr) -> str | None:
    """x where an expression is x.shape[0], x.size(0), len(x) in forward, or a name for these."""
    names = set(parameters(function))
    if isinstance(size, ast.Subscript) and _is_zero(size.slice):
        shape = size.value
        if isinstance(shape, ast.Attribute) and shape.attr == "shape":
            return path(shape.value) if path(shape.value) in names else None
    call = file.call(size)
    if call is not None:
        of = path(call.receiver)
        if call.method == "size" and call.node.args and _is_zero(call.node.args[0]):
            return of if of in names else None
        if call.method == "len" and function.name == "forward" and len(call.node.args) == 1:
            of = path(call.node.args[0])
            return of if of in names else None
        return None
    if isinstance(size, ast.Name):
        for one in file.assignments_in(function):
            if one.path != size.id:
                continue
            if one.value is not None:
                is_name = isinstance(one.value, ast.Name)
                return None if is_name else _batch_of(file, function, one.value)
            return _first_of_shape(file, one.statement, size.id, names)
    return None


def _first_of_shape(file: File, statement: ast.stmt, name: str, names: set[str]) -> str | None:
    """x where a statement is `name, … = x.shape`."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Tuple):
        return None
    first = statement.targets[0].elts[0]
    value = statement.value
    call = file.call(value)
    of = ""
    if isinstance(value, ast.Attribute) and value.attr == "shape":
        of = path(value.value)
    elif call is not None and call.method == "size" and not call.node.args:
        of = path(call.receiver)
    return of if path(first) == name and of in names else None


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0 and node.value is not False


def _indexes(file: File, loop: ast.For, name: str) -> bool:
    """Whether the loop's variable comes first in some index: x[i], x[i, …]."""
    for node in file.within(loop, ast.Subscript):
        index: ast.expr = node.slice
        if isinstance(index, ast.Tuple) and index.elts:
            index = index.elts[0]
        if isinstance(index, ast.Name) and index.id == name:
            return True
    return False


def _is_recurrence(file: File, loop: ast.For) -> bool:
    """Something is computed from its own value in the turn before, as a state of a network."""
    for one in file.assignments_in(loop):
        names = {name.id for name in file.within(one.target, ast.Name)}
        value = getattr(one.statement, "value", None)
        if value is None or not isinstance(one.target, ast.Name | ast.Tuple):
            continue
        if names & {name.id for name in file.within(value, ast.Name)}:
            return True
    return any(isinstance(node, ast.Break) for node in file.within(loop, ast.Break))


def _trains(file: File, loop: ast.For) -> bool:
    return any(call.method in ("backward", "step") for call in file.calls_in(loop))


def _says_shape(line: str) -> bool:
    found = _COMMENT.search(line)
    return found is not None and _names_shape(found.group(1))


def _names_shape(text: str) -> bool:
    """Whether a sentence has a shape in it."""
    if _TIMES.search(text):
        return True
    for inside in _BRACKET.findall(text):
        sizes = [one.strip() for one in inside.split(",")]
        if len(sizes) > 1 and not sizes[-1]:
            sizes.pop()
        elif len(sizes) < 2:
            continue
        if all(_SIZE.fullmatch(one) for one in sizes) and any(map(_SURE.fullmatch, sizes)):
            return True
    return False


def _docstring_says(node: Def | ast.ClassDef) -> bool:
    return _names_shape(ast.get_docstring(node, clean=False) or "")


def _unpacks_shape(file: File, function: Def) -> bool:
    """`b, t, c = x.shape` names the dimensions."""
    for node in file.within(function, ast.Assign):
        value = node.value
        call = file.call(value)
        is_shape = isinstance(value, ast.Attribute) and value.attr == "shape"
        if isinstance(node.targets[0], ast.Tuple) and (
            is_shape or (call is not None and call.method == "size")
        ):
            return True
    return False


def _asks_shape(file: File, test: ast.expr) -> bool:
    if any(one.attr in ("shape", "ndim") for one in file.within(test, ast.Attribute)):
        return True
    return any(call.method in ("size", "dim", "numel") for call in file.calls_in(test))
