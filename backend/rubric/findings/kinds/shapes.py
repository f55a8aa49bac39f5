"""Findings on how shapes are followed."""

from backend.rubric.findings import shapes
from backend.rubric.findings.finding import Kind

_CRITERION = "shape-awareness"

SHAPES = (
    Kind(
        "view-of-transposed",
        "view after a transposition",
        _CRITERION,
        "Use reshape() or flatten(), or contiguous() before view(): the memory has another order.",
        "serious",
        shapes.view_of_transposed,
    ),
    Kind(
        "loop-over-batch",
        "A Python loop over the batch",
        _CRITERION,
        "Let one operation work on the whole batch: broadcasting, einsum or a batched product.",
        "moderate",
        shapes.loop_over_batch,
    ),
    Kind(
        "bare-squeeze",
        "squeeze() without a dimension",
        _CRITERION,
        "Name the dimension: squeeze() also drops the batch dimension of a batch of one.",
        "minor",
        shapes.bare_squeeze,
    ),
    Kind(
        "no-shape-comments",
        "Many changes of shape, and no word about them",
        _CRITERION,
        "Write the shape beside each step that changes it, such as # (B, H, T, D).",
        "minor",
        shapes.no_shape_comments,
    ),
    Kind(
        "shape-comments",
        "Shapes are written beside the steps",
        _CRITERION,
        "Whoever reads the code can follow every dimension.",
        "minor",
        shapes.shape_comments,
        good=True,
    ),
    Kind(
        "shape-checks",
        "Shapes are checked, with a message",
        _CRITERION,
        "A wrong input is named where it comes in.",
        "minor",
        shapes.shape_checks,
        good=True,
    ),
)
