"""Looks at `layer_norm` and what autograd makes of it, or at the gradients worked out by hand."""

import torch


def observe(candidate, inputs):
    if inputs["direction"] == "forward":
        return forward(candidate, inputs)
    return backward(candidate, inputs)


def forward(candidate, inputs):
    x, weight, bias = (inputs[name].clone().requires_grad_() for name in ("x", "weight", "bias"))
    output = candidate.layer_norm(as_seen(x, inputs), weight, bias, **inputs["options"])
    if output.requires_grad:
        (output * inputs["grad_output"]).sum().backward()
    return {"output": output, "grad": {"x": x.grad, "weight": weight.grad, "bias": bias.grad}}


def backward(candidate, inputs):
    with torch.no_grad():
        grad_x, grad_weight, grad_bias = candidate.layer_norm_backward(
            as_seen(inputs["grad_output"], inputs),
            as_seen(inputs["x"], inputs),
            inputs["weight"],
            **inputs["options"],
        )
    return {"grad": {"x": grad_x, "weight": grad_weight, "bias": grad_bias}}


def as_seen(tensor, inputs):
    """The tensor itself, or a view of it that is not contiguous."""
    return tensor.transpose(-1, -2) if inputs["transposed"] else tensor
