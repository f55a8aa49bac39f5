# caught by: one-element
# Divides by n - 1: a little off for long rows, and NaN for rows of one element.
import torch


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    variance, mean = torch.var_mean(x, dims, keepdim=True)
    return (x - mean) * torch.rsqrt(variance + eps) * weight + bias


def layer_norm_backward(grad_output, x, weight, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    centred = x - x.mean(dims, keepdim=True)
    inverse_std = torch.rsqrt(centred.square().mean(dims, keepdim=True) + eps)
    x_hat = centred * inverse_std
    h = grad_output * weight
    grad_x = h - h.mean(dims, keepdim=True) - x_hat * (h * x_hat).mean(dims, keepdim=True)
    grad_weight = (grad_output * x_hat).sum_to_size(weight.shape)
    return grad_x * inverse_std, grad_weight, grad_output.sum_to_size(weight.shape)
