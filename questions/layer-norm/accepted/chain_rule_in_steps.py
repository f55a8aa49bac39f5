"""The backward as the chain rule gives it, one line for each line of the forward, in reverse."""


def layer_norm(x, weight, bias, eps=1e-5):
    return forward(x, weight, bias, eps)[0]


def forward(x, weight, bias, eps):
    dims = tuple(range(-weight.ndim, 0))
    mean = x.mean(dim=dims, keepdim=True)
    centred = x - mean
    var = (centred * centred).mean(dim=dims, keepdim=True)
    inv = 1 / (var + eps) ** 0.5
    x_hat = centred * inv
    return x_hat * weight + bias, centred, inv, x_hat


def layer_norm_backward(grad_output, x, weight, eps=1e-5):
    dims = tuple(range(-weight.ndim, 0))
    n = weight.numel()
    _, centred, inv, x_hat = forward(x, weight, 0, eps)

    d_x_hat = grad_output * weight
    d_inv = (d_x_hat * centred).sum(dim=dims, keepdim=True)
    d_var = d_inv * -0.5 * inv**3
    d_centred = d_x_hat * inv + d_var * 2 * centred / n
    d_mean = -d_centred.sum(dim=dims, keepdim=True)
    d_x = d_centred + d_mean / n

    leading = (-1, *weight.shape)
    return (
        d_x,
        (grad_output * x_hat).reshape(leading).sum(0),
        grad_output.reshape(leading).sum(0),
    )
