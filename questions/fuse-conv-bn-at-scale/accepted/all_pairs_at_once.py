"""Collects the pairs first; the arithmetic on their vectors is done once for all of them."""

import torch
from torch import nn


@torch.no_grad()
def fuse_in_place(model):
    pairs = []
    collect(model, pairs)
    if not pairs:
        return
    widths = [conv.out_channels for conv, _ in pairs]
    variance = torch.cat([norm.running_var + norm.eps for _, norm in pairs])
    mean = torch.cat([norm.running_mean for _, norm in pairs])
    gamma = torch.cat([or_else(norm.weight, norm.running_var, 1) for _, norm in pairs])
    beta = torch.cat([or_else(norm.bias, norm.running_var, 0) for _, norm in pairs])
    bias = torch.cat([or_else(conv.bias, norm.running_var, 0) for conv, norm in pairs])

    scale = variance.rsqrt_().mul_(gamma)
    shift = bias.sub_(mean).mul_(scale).add_(beta)
    scales = [piece.reshape(-1, 1, 1, 1) for piece in scale.split(widths)]
    torch._foreach_mul_([conv.weight for conv, _ in pairs], scales)
    for (conv, _), piece in zip(pairs, shift.split(widths)):
        conv.bias = nn.Parameter(piece.clone())


def or_else(tensor, like, value):
    return torch.full_like(like, value) if tensor is None else tensor


def collect(model, pairs):
    children = dict(model.named_children())
    names = list(children)
    for name, following in zip(names, names[1:] + [None]):
        first, second = children[name], children.get(following)
        if isinstance(first, nn.Sequential):
            collect(first, pairs)
        elif (
            isinstance(first, nn.Conv2d)
            and isinstance(second, nn.BatchNorm2d)
            and second.running_mean is not None
        ):
            pairs.append((first, second))
            delattr(model, following)
