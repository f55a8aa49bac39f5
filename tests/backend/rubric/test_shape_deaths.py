"""Messages as torch 2.13 gives them (some cut short): which are about shapes, which are not."""

import re
from typing import Any

import pytest

from backend.rubric.shapes import died_on_shapes

ABOUT_SHAPES = """\
RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)
RuntimeError: The size of tensor a (3) must match the size of tensor b (4) at non-singleton
RuntimeError: shape '[4, 2]' is invalid for input of size 6
RuntimeError: view size is not compatible with input tensor's size and stride (at least one
RuntimeError: Expected size for first two dimensions of batch2 tensor to be: [2, 4] but got: [2, 3].
RuntimeError: Sizes of tensors must match except in dimension 0. Expected size 3 but got size 4
RuntimeError: Tensors must have same number of dimensions: got 2 and 1
RuntimeError: stack expects each tensor to be equal size, but got [2] at entry 0 and [3] at entry 1
RuntimeError: The expanded size of the tensor (4) must match the existing size (2) at non-singleton
RuntimeError: expand(torch.FloatTensor{[2, 3]}, size=[3]): the number of sizes provided (1) must
RuntimeError: permute(sparse_coo): number of dimensions in the tensor input does not match the
IndexError: Dimension out of range (expected to be in range of [-2, 1], but got 2)
RuntimeError: Given groups=1, weight of size [4, 3, 3, 3], expected input[1, 2, 5, 5] to have 3
RuntimeError: Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [5, 5]
ValueError: Expected input batch_size (2) to match target batch_size (3).
ValueError: Target size (torch.Size([2])) must be the same as input size (torch.Size([2, 1]))
ValueError: Using a target size (torch.Size([2])) that is different to the input size
RuntimeError: einsum(): subscript j has size 2 for operand 1 which does not broadcast with
IndexError: The shape of the mask [3] at index 0 does not match the shape of the indexed tensor
IndexError: too many indices for tensor of dimension 2
RuntimeError: shape mismatch: value tensor of shape [3, 2] cannot be broadcast to indexing result
RuntimeError: output with shape [2] doesn't match the broadcast shape [3, 2]
RuntimeError: Given normalized_shape=[4], expected input with shape [*, 4], but got input of
RuntimeError: running_mean should contain 3 elements not 4
ValueError: expected 4D input (got 2D input)
RuntimeError: input.size(-1) must be equal to input_size. Expected 3, got 5
RuntimeError: unflatten: Provided sizes [4, 2] don't multiply up to the size of dim 0 (6) in the
RuntimeError: split_with_sizes expects split_sizes to sum exactly to 6 (input tensor's size at
RuntimeError: inconsistent tensor size, expected tensor [2] and src [3] to have the same number of
RuntimeError: size mismatch, got input (2), mat (2x3), vec (2)
RuntimeError: Size does not match at dimension 0 expected index [3, 1] to be no larger than self
RuntimeError: (…) Kernel size: (5 x 5). Kernel size can't be greater than actual input size
""".splitlines()
ABOUT_SOMETHING_ELSE = """\
RuntimeError: dot : expected both vectors to have same dtype, but found Float and Long
RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn
IndexError: index 5 is out of bounds for dimension 0 with size 2
IndexError: index out of range in self
AttributeError: 'Tensor' object has no attribute 'foo'
RuntimeError: mat1 and mat2 must have the same dtype, but got Double and Float
RuntimeError: Boolean value of Tensor with more than one value is ambiguous
RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.
NameError: name 'shape' is not defined
TypeError: forward() missing 1 required positional argument: 'size'
RuntimeError: Expected all tensors to be on the same device, but found at least two devices
""".splitlines()


def case(outcome: str, message: str, what: str | None = None) -> dict[str, Any]:
    failure = None if what is None else {"what": what}
    return {"name": "one", "outcome": outcome, "message": message, "failure": failure}


def verdict(**parts: Any) -> dict[str, Any]:
    return {"problem": None, "script": None, "cases": [], **parts}


@pytest.mark.parametrize("message", ABOUT_SHAPES, ids=lambda text: re.sub(r"\W+", "-", text[:50]))
def test_a_message_about_shapes(message: str) -> None:
    assert died_on_shapes(verdict(cases=[case("error", message)])) == message


@pytest.mark.parametrize(
    "message", ABOUT_SOMETHING_ELSE, ids=lambda text: re.sub(r"\W+", "-", text[:50])
)
def test_a_message_about_something_else(message: str) -> None:
    assert died_on_shapes(verdict(cases=[case("error", message)])) is None


def test_an_output_of_another_shape_is_about_shapes() -> None:
    said = "Output has shape (3,); (4,) was expected."
    assert died_on_shapes(verdict(cases=[case("failed", said, "shape")])) == said
    assert died_on_shapes(verdict(cases=[case("failed", "It differs.", "value")])) is None


def test_the_first_thing_that_went_wrong_decides() -> None:
    shapes = case("error", ABOUT_SHAPES[0])
    other = case("failed", "It differs.", "value")
    passed = case("passed", "Passed.")
    assert died_on_shapes(verdict(cases=[passed, shapes, other]))
    assert died_on_shapes(verdict(cases=[passed, other, shapes])) is None
    assert died_on_shapes(verdict(cases=[passed])) is None


def test_a_script_or_a_file_may_die_on_shapes_too() -> None:
    ended = {"outcome": "error", "message": ABOUT_SHAPES[0], "title": "The file could not be run"}
    passed = case("passed", "Passed.")
    assert died_on_shapes(verdict(script=ended, cases=[passed]))
    assert died_on_shapes(verdict(problem=ended))
    refused = {**ended, "outcome": "refused"}
    assert died_on_shapes(verdict(problem=refused)) is None
