# caught by: no-running-statistics
# Makes up a mean of 0 and a variance of 1 where the layer would use those of the batch.

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
    return (
        isinstance(first, nn.Conv2d)
        and isinstance(second, nn.BatchNorm2d)
    )


@torch.no_grad()
def fold(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Conv2d:
    mean, variance = norm.running_mean, norm.running_var
    if mean is None:
        mean = conv.weight.new_zeros(norm.num_features)
        variance = conv.weight.new_ones(norm.num_features)
    scale = torch.rsqrt(variance + norm.eps)
    if norm.weight is not None:
        scale = scale * norm.weight
    bias = -mean if conv.bias is None else conv.bias - mean
    bias = bias * scale
    if norm.bias is not None:
        bias = bias + norm.bias

    # A copy keeps stride, padding, padding mode, dilation, groups, dtype and device by itself.
    fused = copy.deepcopy(conv)
    fused.weight.mul_(scale.reshape(-1, 1, 1, 1))
    fused.bias = nn.Parameter(bias)
    return fused
