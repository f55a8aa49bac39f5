"""Builds a model from its description, has it fused, and looks at both models afterwards."""

import torch
from torch import nn


def build(description, named):
    """A list is a Sequential, a dictionary a layer, a string the layer that has that name."""
    if isinstance(description, list):
        return nn.Sequential(*[build(child, named) for child in description])
    if isinstance(description, str):
        return named[description]
    layer = getattr(nn, description["type"])(**description["options"])
    # Not copied: to write into the original model is to write into the inputs.
    for name, tensor in description["state"].items():
        setattr(layer, name, nn.Parameter(tensor) if name in ("weight", "bias") else tensor)
    named[description.get("name")] = layer
    return layer


def structure(module):
    if isinstance(module, nn.Sequential):
        return f"[{', '.join(structure(child) for child in module)}]"
    return type(module).__name__


def in_training_mode(model):
    return ", ".join(type(module).__name__ for module in model.modules() if module.training)


def addresses(model):
    return [tensor.data_ptr() for tensor in [*model.parameters(), *model.buffers()]]


def run(model, x):
    """The output, and the gradient of its sum with respect to `x`."""
    # oneDNN compiles a kernel for every new shape, which takes longer than these models run.
    torch.backends.mkldnn.enabled = False
    output = model(x)
    (grad,) = torch.autograd.grad(output.sum(), x, allow_unused=True)
    torch.backends.mkldnn.enabled = True
    return output.detach(), grad


def observe(candidate, inputs):
    x = inputs["x"].clone().requires_grad_()
    model = build(inputs["layers"], {})
    model.train(inputs.get("training", False))
    before = addresses(model)

    fused = candidate.fuse_conv_bn(model)
    output, grad = run(fused, x)
    return {
        "structure": structure(fused),
        "in_training_mode": in_training_mode(fused),
        "parameters": ", ".join(
            f"{name.rpartition('.')[2]} {parameter.dtype}".replace("torch.", "")
            for name, parameter in fused.named_parameters()
        ),
        "output": output,
        "grad": {"x": grad},
        "on_the_device_of_the_model": all(p.device == x.device for p in fused.parameters()),
        "shares_memory_with_the_original": not set(addresses(fused)).isdisjoint(before),
        "original": {
            "structure": structure(model),
            "in_training_mode": in_training_mode(model),
            "holds_its_own_tensors": addresses(model) == before,
        },
    }
