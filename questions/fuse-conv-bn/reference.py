"""One pass over the model; each convolution looks whether the layer after it can be folded in."""

import copy
from itertools import chain, pairwise

import torch
from torch import nn


def fuse_conv_bn(model: nn.Sequential) -> nn.Sequential:
    layers = []
    folded = None
    for layer, following in pairwise(chain(model, [None])):
        if layer is folded:
            folded = None
        elif isinstance(layer, nn.Sequential):
            layers.append(fuse_conv_bn(layer))
        elif is_pair(layer, following):
            layers.append(fold(layer, following))
            folded = following
        else:
            layers.append(copy.deepcopy(layer))
    return nn.Sequential(*layers).eval()


def is_pair(first: nn.Module, second: nn.Module | None) -> bool:
    # Without running statistics a batch norm uses those of the batch, at inference too:
    # there is nothing constant to fold.
    return (
        isinstance(first, nn.Conv2d)
        and isinstance(second, nn.BatchNorm2d)
        and second.running_mean is not None
    )


@torch.no_grad()
def fold(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Conv2d:
    scale = torch.rsqrt(norm.running_var + norm.eps)
    if norm.weight is not None:
        scale = scale * norm.weight
    bias = -norm.running_mean if conv.bias is None else conv.bias - norm.running_mean
    bias = bias * scale
    if norm.bias is not None:
        bias = bias + norm.bias

    # A copy keeps stride, padding, padding mode, dilation, groups, dtype and device by itself.
    fused = copy.deepcopy(conv)
    fused.weight.mul_(scale.reshape(-1, 1, 1, 1))
    fused.bias = nn.Parameter(bias)
    return fused
