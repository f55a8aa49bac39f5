# caught by: small-model
# Builds a new layer for each pair: the weights move, and the constructor draws random ones first.

from itertools import pairwise

import torch
from torch import nn


@torch.no_grad()
def fuse_in_place(model: nn.Sequential) -> None:
    fused = []
    for (at, layer), (name, following) in pairwise([*model.named_children(), ("", None)]):
        if isinstance(layer, nn.Sequential):
            fuse_in_place(layer)
        elif is_pair(layer, following):
            setattr(model, at, fold(layer, following))
            fused.append(name)
    # `del model[i]` would number all later children anew, for every pair.
    for name in fused:
        delattr(model, name)


def is_pair(first: nn.Module, second: nn.Module | None) -> bool:
    return (
        isinstance(first, nn.Conv2d)
        and isinstance(second, nn.BatchNorm2d)
        and second.running_mean is not None
    )


def fold(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Conv2d:
    scale = torch.rsqrt(norm.running_var + norm.eps)
    if norm.weight is not None:
        scale *= norm.weight
    bias = -norm.running_mean if conv.bias is None else conv.bias - norm.running_mean
    bias *= scale
    if norm.bias is not None:
        bias += norm.bias
    fused = nn.Conv2d(
        conv.in_channels,
        conv.out_channels,
        conv.kernel_size,
        stride=conv.stride,
        padding=conv.padding,
        dilation=conv.dilation,
        groups=conv.groups,
        padding_mode=conv.padding_mode,
        dtype=conv.weight.dtype,
    )
    fused.weight.copy_(conv.weight * scale.reshape(-1, 1, 1, 1))
    fused.bias.copy_(bias)
    return fused
