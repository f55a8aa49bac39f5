# caught by: many-small-layers
# `del model[i]` numbers all later children anew: quadratic in the number of layers.

import torch
from torch import nn


@torch.no_grad()
def fuse_in_place(model: nn.Sequential) -> None:
    i = 0
    while i < len(model):
        following = model[i + 1] if i + 1 < len(model) else None
        if isinstance(model[i], nn.Sequential):
            fuse_in_place(model[i])
        elif is_pair(model[i], following):
            fold(model[i], following)
            del model[i + 1]
        i += 1


def is_pair(first: nn.Module, second: nn.Module | None) -> bool:
    return (
        isinstance(first, nn.Conv2d)
        and isinstance(second, nn.BatchNorm2d)
        and second.running_mean is not None
    )


def fold(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    scale = torch.rsqrt(norm.running_var + norm.eps)
    if norm.weight is not None:
        scale *= norm.weight
    bias = -norm.running_mean if conv.bias is None else conv.bias - norm.running_mean
    bias *= scale
    if norm.bias is not None:
        bias += norm.bias
    conv.weight.mul_(scale.reshape(-1, 1, 1, 1))
    conv.bias = nn.Parameter(bias)
