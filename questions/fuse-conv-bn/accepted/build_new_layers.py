"""Makes each fused convolution with its constructor and fills it under no_grad."""

import copy

import torch
from torch import nn


def fuse_conv_bn(model: nn.Sequential) -> nn.Sequential:
    out = nn.Sequential()
    children = list(enumerate(model))
    skip = False
    for index, child in children:
        following = children[index + 1][1] if index + 1 < len(children) else None
        if skip:
            skip = False
        elif isinstance(child, nn.Sequential):
            out.append(fuse_conv_bn(child))
        elif (
            type(child) is nn.Conv2d
            and type(following) is nn.BatchNorm2d
            and following.running_var is not None
        ):
            out.append(combine(child, following))
            skip = True
        else:
            out.append(copy.deepcopy(child))
    return out.eval()


def combine(conv: nn.Conv2d, bn: nn.BatchNorm2d) -> nn.Conv2d:
    new = nn.Conv2d(
        conv.in_channels,
        conv.out_channels,
        conv.kernel_size,
        stride=conv.stride,
        padding=conv.padding,
        dilation=conv.dilation,
        groups=conv.groups,
        bias=True,
        padding_mode=conv.padding_mode,
        device=conv.weight.device,
        dtype=conv.weight.dtype,
    )
    with torch.no_grad():
        scale = (bn.running_var + bn.eps).rsqrt()
        shift = -bn.running_mean
        if conv.bias is not None:
            shift = shift + conv.bias
        if bn.affine:
            scale = scale * bn.weight
        shift = shift * scale
        if bn.affine:
            shift = shift + bn.bias
        new.weight.copy_(torch.einsum("o,oikl->oikl", scale, conv.weight))
        new.bias.copy_(shift)
    return new
