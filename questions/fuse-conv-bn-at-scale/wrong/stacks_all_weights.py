# caught by: few-large-layers
# Batches by gluing all weights into one tensor, which is a second model and then a third.

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
            made.append((layer, fold(layer, following)))
            fused.append(name)
    # `del model[i]` would number all later children anew, for every pair.
    for name in fused:
        delattr(model, name)
    if made:
        weights = torch.cat([conv.weight.flatten() for conv, _ in made])
        repeats = torch.cat(
            [scale.repeat_interleave(conv.weight[0].numel()) for conv, scale in made]
        )
        pieces = (weights * repeats).split([conv.weight.numel() for conv, _ in made])
        for (conv, _), piece in zip(made, pieces):
            conv.weight.copy_(piece.view_as(conv.weight))


def is_pair(first: nn.Module, second: nn.Module | None) -> bool:
    return (
        isinstance(first, nn.Conv2d)
        and isinstance(second, nn.BatchNorm2d)
        and second.running_mean is not None
    )


def fold(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> torch.Tensor:
    scale = torch.rsqrt(norm.running_var + norm.eps)
    if norm.weight is not None:
        scale *= norm.weight
    bias = -norm.running_mean if conv.bias is None else conv.bias - norm.running_mean
    bias *= scale
    if norm.bias is not None:
        bias += norm.bias
    conv.bias = nn.Parameter(bias)
    return scale
