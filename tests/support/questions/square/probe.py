def twice(answer, x):
    """The answer's second call on the same shape, so that a first one may have been remembered."""
    answer.square(x.detach() + 1)
    return answer.square(x)


def observe(answer, inputs):
    x = inputs["x"].clone().requires_grad_()
    y = twice(answer, x)
    (y * inputs["weight"]).sum().backward()
    return {"output": y.detach(), "grad": {"x": x.grad}}
