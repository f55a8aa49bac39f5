"""No deep copy of anything with a pair in it: shallow copies that get parameters of their own."""

import copy

import torch
from torch import nn


@torch.no_grad()
def fuse_conv_bn(model):
    kept = []
    before = None
    for layer in model:
        if isinstance(layer, nn.Sequential):
            kept.append(fuse_conv_bn(layer))
        elif (
            isinstance(before, nn.Conv2d)
            and isinstance(layer, nn.BatchNorm2d)
            and layer.running_mean is not None
        ):
            kept[-1] = folded(before, layer)
        elif isinstance(layer, nn.Conv2d):
            kept.append(with_parameters(layer, layer.weight.clone(), clone(layer.bias)))
        else:
            kept.append(copy.deepcopy(layer))
        before = layer
    return nn.Sequential(*kept).eval()


def clone(tensor):
    return None if tensor is None else tensor.clone()


def with_parameters(conv, weight, bias):
    new = copy.copy(conv)
    new._parameters = {}
    new.weight = nn.Parameter(weight)
    new.register_parameter("bias", None if bias is None else nn.Parameter(bias))
    return new


def folded(conv, norm):
    scale = (norm.running_var + norm.eps) ** -0.5
    if norm.weight is not None:
        scale *= norm.weight
    bias = torch.zeros_like(norm.running_mean) if conv.bias is None else conv.bias
    bias = torch.addcmul(-norm.running_mean * scale, bias, scale)
    if norm.bias is not None:
        bias += norm.bias
    weight = (conv.weight.flatten(1) * scale.unsqueeze(1)).view_as(conv.weight)
    return with_parameters(conv, weight, bias)
