"""Takes all children out and puts the rest back, so that their names are their numbers again."""

import torch
from torch import nn


def fuse_in_place(model):
    last = None
    kept = []
    for layer in model:
        if isinstance(layer, nn.Sequential):
            fuse_in_place(layer)
        if isinstance(last, nn.Conv2d) and isinstance(layer, nn.BatchNorm2d) and is_fixed(layer):
            absorb(last, layer)
        else:
            kept.append(layer)
        last = layer
    for name in [name for name, _ in model.named_children()]:
        delattr(model, name)
    for number, layer in enumerate(kept):
        model.add_module(str(number), layer)


def is_fixed(bn):
    return bn.running_var is not None


def absorb(conv, bn):
    with torch.no_grad():
        factor = 1 / torch.sqrt(bn.running_var + bn.eps)
        if bn.affine:
            factor = factor * bn.weight
        shift = -bn.running_mean if conv.bias is None else conv.bias - bn.running_mean
        shift = shift * factor
        if bn.affine:
            shift = shift + bn.bias
        conv.weight.data *= factor[:, None, None, None]
        if conv.bias is None:
            conv.bias = nn.Parameter(shift)
        else:
            conv.bias.copy_(shift)
