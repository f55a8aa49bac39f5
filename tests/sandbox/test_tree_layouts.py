"""Tensors of every layout cross the wall with their values, and sum to the same checksum."""

import pytest
import torch

from sandbox import trees

LAYOUTS = {
    "one element with a stride of two": torch.ones(1, 2)[:, ::2],
    "transposed": torch.arange(12.0).reshape(3, 4).T,
    "no dimension": torch.tensor(3.0),
    "every second, in bfloat16": torch.ones(2, 6, dtype=torch.bfloat16)[:, ::2],
    "a column of bool": torch.ones(4, 2, dtype=torch.bool)[:, :1],
    "conjugated": torch.randn(3, 2, dtype=torch.complex64).conj(),
    "from the middle": torch.arange(10)[5:],
    "empty": torch.zeros(0, 3),
    "expanded": torch.ones(3, 1).expand(3, 4),
}


@pytest.mark.parametrize("tensor", LAYOUTS.values(), ids=LAYOUTS)
def test_any_layout_crosses_the_wall(tensor: torch.Tensor) -> None:
    plain = tensor.resolve_conj().clone(memory_format=torch.contiguous_format)
    for layout in (tensor, trees.strided(tensor)):
        assert torch.equal(trees.decode(trees.encode(layout)), plain)
        assert trees.checksums([layout]) == trees.checksums([plain])
