# caught by: few-large-layers
# Collects the new weights in a list and writes them at the end: the model, twice.

from itertools import pairwise

import torch
from torch import nn


@torch.no_grad()
def fuse_in_place(model: nn.Sequential) -> None:
    fused = []
    made = []
    for (_, layer), (name, following) in pairwise([*model.named_children(), ("", None)]):
        if isinstance(layer, nn.Sequential):
            fuse_in_place(layer)
        elif is_pair(layer, following):
            made.append((layer, *fold(layer, following)))
            fused.append(name)
    # `del model[i]` would number all later children anew, for every pair.
    for name in fused:
        delattr(model, name)
    for conv, weight, bias in made:
        conv.weight.copy_(weight)
        conv.bias = nn.Parameter(bias)


def is_pair(first: nn.Module, second: nn.Module | None) -> bool:
    return (
        isinstance(first, nn.Conv2d)
        and isinstance(second, nn.BatchNorm2d)
        and second.running_mean is not None
    )


def fold(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> tuple[torch.Tensor, torch.Tensor]:
    scale = torch.rsqrt(norm.running_var + norm.eps)
    if norm.weight is not None:
        scale *= norm.weight
    bias = -norm.running_mean if conv.bias is None else conv.bias - norm.running_mean
    bias *= scale
    if norm.bias is not None:
        bias += norm.bias
    return conv.weight * scale.reshape(-1, 1, 1, 1), bias
