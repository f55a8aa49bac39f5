# caught by: few-large-layers
# Reads from a deep copy in order to be safe: for a while there are two of every weight.

import copy
from itertools import pairwise

import torch
from torch import nn


def fuse_in_place(model: nn.Sequential) -> None:
    fuse(model, copy.deepcopy(model))


@torch.no_grad()
def fuse(model: nn.Sequential, source: nn.Sequential) -> None:
    fused = []
    pairs = pairwise([*model.named_children(), ("", None)])
    for ((_, layer), (name, following)), old in zip(pairs, source):
        if isinstance(layer, nn.Sequential):
            fuse(layer, old)
        elif is_pair(layer, following):
            fold(layer, following, old)
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


def fold(conv: nn.Conv2d, norm: nn.BatchNorm2d, source: nn.Conv2d) -> None:
    scale = torch.rsqrt(norm.running_var + norm.eps)
    if norm.weight is not None:
        scale *= norm.weight
    bias = -norm.running_mean if conv.bias is None else conv.bias - norm.running_mean
    bias *= scale
    if norm.bias is not None:
        bias += norm.bias
    conv.weight.copy_(source.weight * scale.reshape(-1, 1, 1, 1))
    conv.bias = nn.Parameter(bias)
