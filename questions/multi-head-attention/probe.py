"""Looks at how the layer is built, or at what it computes with given parameters."""

ROLES = ("query", "key", "value")


def observe(candidate, inputs):
    if inputs["part"] == "build":
        return build(candidate, inputs)
    return attend(candidate, inputs)


def build(candidate, inputs):
    try:
        layer = candidate.MultiHeadAttention(**inputs["arguments"])
    except ValueError:
        return {"raised": "ValueError"}
    layer.load_state_dict(inputs["state"], strict=False)
    return {
        "raised": "nothing",
        "parameters": {name: list(value.shape) for name, value in layer.named_parameters()},
        "state_dict": layer.state_dict(),
    }


def attend(candidate, inputs):
    layer = candidate.MultiHeadAttention(**inputs["arguments"]).to(inputs["query"].dtype)
    layer.load_state_dict(inputs["state"], strict=True)
    layer.train(inputs["training"])

    leaves = {name: leaf(inputs[name]) for name in ROLES if name in inputs}
    query, key, value = (as_seen(leaves.get(name, leaves["query"]), inputs) for name in ROLES)
    masks = {}
    if "mask" in inputs:
        masks["mask"] = inputs["mask"]
        if masks["mask"].is_floating_point():
            leaves["mask"] = masks["mask"] = leaf(inputs["mask"])

    output = layer(query, key, value, **masks)
    if output.requires_grad:
        (output * inputs["grad_output"]).sum().backward()
    return {
        "output": output,
        "grad": {name: x.grad for name, x in [*leaves.items(), *layer.named_parameters()]},
    }


def leaf(tensor):
    return tensor.clone().requires_grad_()


def as_seen(tensor, inputs):
    """(batch, length, features), as stored or as a view of what is stored length first."""
    return tensor.transpose(0, 1) if inputs["length_first"] else tensor
