"""Whether a run died because two shapes did not fit."""

import re
from collections.abc import Mapping
from typing import Any

# As torch words it: each pattern stands for messages seen from the version in the sandbox.
_SHAPES = re.compile(
    r"""
    shapes?\ cannot\ be\ (multiplied|broadcast)
    | must\ match\ the\ (existing\ )?size
    | size\ of\ tensor\ a\b
    | sizes?\ of\ tensors\ must\ match
    | is\ invalid\ for\ input\ of\ size
    | view\ size\ is\ not\ compatible
    | size\ mismatch | shape\ mismatch | inconsistent\ (tensor\ )?size
    | dimension\ out\ of\ range
    | same\ number\ of\ dimensions
    | number\ of\ (dims|dimensions|sizes)\b
    | expected\ (input|size\ for|\d-?d\b|.{0,40}\bto\ have\ \d+\ (channels|dimensions|elements))
    | to\ have\ \d+\ channels
    | must\ be\ (a\ )?[1-9]-?d\b | must\ have\ (the\ )?same\ (size|shape)
    | equal\ size | same\ (size|shape)\ as
    | (doesn't|does\ not)\ match\ the\ (broadcast\ )?(shape|size)
    | to\ match\ target\ batch_size
    | normalized_shape
    | cannot\ be\ broadcast
    | broadcastable | not\ broadcast
    | einsum\(\): | split_with_sizes | unflatten:
    | (fewer|more)\ dimensions\ than | too\ many\ indices\ for\ tensor
    | invalid\ shape | shape\ .{0,60}\ is\ invalid
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
