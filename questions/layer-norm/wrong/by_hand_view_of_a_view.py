# caught by: by-hand-views
# view needs a contiguous tensor, and an upstream gradient often is not one.
import torch


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    centred = x - x.mean(dims, keepdim=True)
    return centred * torch.rsqrt(centred.square().mean(dims, keepdim=True) + eps) * weight + bias


def layer_norm_backward(grad_output, x, weight, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    centred = x - x.mean(dims, keepdim=True)
    variance = centred.square().mean(dims, keepdim=True)
    inverse_std = torch.rsqrt(variance + eps)
    x_hat = centred * inverse_std
    h = grad_output * weight
    grad_x = h - h.mean(dims, keepdim=True) - x_hat * (h * x_hat).mean(dims, keepdim=True)
    rows = (-1, *weight.shape)
    grad_weight = (grad_output * x_hat).reshape(rows).sum(0)
    return grad_x * inverse_std, grad_weight, grad_output.view(rows).sum(0)
