import torch
from torch import Tensor


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Normalise `x` over its trailing `weight.dim()` dimensions, then scale and shift."""
    x_hat, _ = _standardise(x, weight.dim(), eps)
    return x_hat * weight + bias


def layer_norm_backward(
    grad_output: Tensor, x: Tensor, weight: Tensor, eps: float = 1e-5
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of `x`, `weight` and `bias`.

    With h = grad_output * weight, the gradient that reaches x_hat, and means over one row:

        grad_x = (h - mean(h) - x_hat * mean(h * x_hat)) / sqrt(var + eps)

    The two means are what flows through the row's mean and through its variance.
    """
    dims = _trailing(weight.dim())
    x_hat, inverse_std = _standardise(x, weight.dim(), eps)

    h = grad_output * weight
    through_mean = h.mean(dims, keepdim=True)
    through_variance = x_hat * (h * x_hat).mean(dims, keepdim=True)
    grad_x = (h - through_mean - through_variance) * inverse_std

    # weight and bias were broadcast over the leading dimensions, so their gradients are summed
    # over them. sum_to_size also holds where there are none; sum(dim=()) would sum everything.
    grad_weight = (grad_output * x_hat).sum_to_size(weight.shape)
    grad_bias = grad_output.sum_to_size(weight.shape)
    return grad_x, grad_weight, grad_bias


def _standardise(x: Tensor, count: int, eps: float) -> tuple[Tensor, Tensor]:
    """Return x_hat, shaped as `x`, and 1 / sqrt(var + eps), which broadcasts against it."""
    dims = _trailing(count)
    # The mean goes first: E[x^2] - E[x]^2 would subtract two large numbers to find a small one.
    centred = x - x.mean(dims, keepdim=True)
    inverse_std = torch.rsqrt(centred.square().mean(dims, keepdim=True) + eps)
    return centred * inverse_std, inverse_std


def _trailing(count: int) -> tuple[int, ...]:
    return tuple(range(-count, 0))
