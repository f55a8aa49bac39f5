# caught by: other-layers
# Folds into the last convolution seen, though an activation stands between the two.

import copy

import torch
from torch import nn


def fuse_conv_bn(model: nn.Sequential) -> nn.Sequential:
    layers = []
    last_conv = place = None
    for layer in model:
        if isinstance(layer, nn.Sequential):
            layers.append(fuse_conv_bn(layer))
        elif is_pair(last_conv, layer):
            layers[place] = fold(last_conv, layer)
            last_conv = None
        else:
            if isinstance(layer, nn.Conv2d):
                last_conv, place = layer, len(layers)
            layers.append(copy.deepcopy(layer))
    return nn.Sequential(*layers).eval()


def is_pair(first: nn.Module, second: nn.Module | None) -> bool:
    # Without running statistics a batch norm uses those of the batch, in eval mode too:
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
