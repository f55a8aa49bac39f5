"""Builds a small model as described, or a large one from a seed, and has it fused in place."""

import copy

import torch
from torch import nn


def prepare(inputs):
    model = describe(inputs["layers"]) if "layers" in inputs else generate(**inputs["size"])
    return {**inputs, "model": model.eval()}


def describe(description):
    """A list is a Sequential, a dictionary is a layer."""
    if isinstance(description, list):
        return nn.Sequential(*[describe(child) for child in description])
    layer = getattr(nn, description["type"])(**description["options"])
    for name, tensor in description["state"].items():
        setattr(layer, name, nn.Parameter(tensor) if name in ("weight", "bias") else tensor)
    return layer


def generate(pairs, width, kernel, seed):
    torch.manual_seed(seed)
    # All convolutions start alike: to draw each of them takes longer than to fuse it.
    conv = nn.Conv2d(width, width, kernel, bias=False)
    layers = []
    for scale, shift, mean, deviation in torch.rand(pairs, 4, width):
        norm = nn.BatchNorm2d(width)
        norm.weight, norm.bias = nn.Parameter(4 * scale - 2), nn.Parameter(shift)
        norm.running_mean, norm.running_var = mean, 0.5 + deviation
        layers += [copy.deepcopy(conv), norm, nn.SiLU()]
    return nn.Sequential(*layers)


def observe(candidate, prepared):
    model = prepared["model"]
    if "size" in prepared:
        returned = candidate.fuse_in_place(model)
        return {"returned": returned, **look_at_samples(model, **prepared["samples"])}
    places = weight_places(model)
    returned = candidate.fuse_in_place(model)
    stayed = weight_places(model).items() <= places.items()
    seen = look_at_everything(model, prepared["x"])
    return {"returned": returned, "weights_stayed_where_they_were": stayed, **seen}


def convolutions(model):
    return [module for module in model.modules() if isinstance(module, nn.Conv2d)]


def weight_places(model):
    return {conv: conv.weight.data_ptr() for conv in convolutions(model)}


def look_at_everything(model, x):
    x = x.clone().requires_grad_()
    output, grad = run(model, x)
    return {
        "structure": structure(model),
        "parameters": ", ".join(
            f"{name.rpartition('.')[2]} {parameter.dtype}".replace("torch.", "")
            for name, parameter in model.named_parameters()
        ),
        "leaves": all(parameter.is_leaf for parameter in model.parameters()),
        "output": output,
        "grad": {"x": grad},
    }


def run(model, x):
    """The output, and the gradient of its sum with respect to `x`."""
    # oneDNN compiles a kernel for every new shape, which takes longer than these models run.
    torch.backends.mkldnn.enabled = False
    output = model(x)
    (grad,) = torch.autograd.grad(output.sum(), x, allow_unused=True)
    torch.backends.mkldnn.enabled = True
    return output.detach(), grad


def look_at_samples(model, layers, column):
    """Under the clock, so no more than a few layers, of which nobody knows beforehand which."""
    convs = convolutions(model)
    return {
        "children": len(model),
        "bias": torch.stack([convs[layer].bias.detach() for layer in layers]),
        "weight": torch.stack([convs[layer].weight[:, column].detach() for layer in layers]),
    }


def structure(module):
    if isinstance(module, nn.Sequential):
        return f"[{', '.join(structure(child) for child in module)}]"
    return type(module).__name__
