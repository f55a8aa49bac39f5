"""Whether a run died because two shapes did not fit."""

import re
from collections.abc import Mapping
from typing import Any

# As torch words it: each pattern stands for messages seen from the version in the sandbox.
_SHAPES = re.compile(
    r"""
    shapes\ cannot\ be\ multiplied | cannot\ be\ broadcast | does\ not\ broadcast
    | sizes?\ of\ (the\ )?tensors?\ \w*.{0,12}must\ match
    | is\ invalid\ for\ input\ of\ size
    | view\ size\ is\ not\ compatible
    | (size|shape)\ mismatch | inconsistent\ tensor\ size
    | dimension\ out\ of\ range | too\ many\ indices\ for\ tensor
    | number\ of\ (dimensions|sizes)
    | expected\ size\ for | expected\ input.{0,60}\bto\ have | expected\ input\ with\ shape
    | expected\ [0-9]d\b | \b[0-9]d\ or\ [0-9]d\b
    | expects\ each\ tensor\ to\ be\ equal\ size | must\ be\ the\ same\ as\ input\ size
    | different\ to\ the\ input\ size | to\ match\ target\ batch_size
    | (doesn't|does\ not)\ match\ (the\ (broadcast\ )?shape|at\ dimension)
    | should\ contain\ \d+\ elements\ not | expecting\ embedding\ dimension
    | must\ be\ equal\ to\ input_size | unflatten: | split_with_sizes
    | can't\ be\ greater\ than\ actual\ input\ size | self\ must\ be\ a\ matrix
    """,
    re.VERBOSE | re.IGNORECASE,
)


def died_on_shapes(verdict: Mapping[str, Any]) -> str | None:
    """The message, where the first thing that went wrong was a shape: an operation that refused
    its operands, or an observation of another shape than the reference's."""
    problem = verdict.get("problem")
    if problem is not None:
        return _if_shapes(problem)
    script = verdict.get("script")
    if script is not None and script["outcome"] != "passed":
        return _if_shapes(script)
    first = next((case for case in verdict["cases"] if case["outcome"] != "passed"), None)
    if first is None:
        return None
    failure = first.get("failure")
    if failure is not None and failure["what"] == "shape":
        return str(first["message"])
    return _if_shapes(first)


def _if_shapes(ended: Mapping[str, Any]) -> str | None:
    message = str(ended["message"])
    return message if ended["outcome"] == "error" and _SHAPES.search(message) else None
