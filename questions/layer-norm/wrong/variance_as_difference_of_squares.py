# caught by: large-means
# E[x^2] - E[x]^2 subtracts two numbers near ninety thousand to find one near 1.
import torch


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    mean = x.mean(dims, keepdim=True)
    variance = (x.square().mean(dims, keepdim=True) - mean.square()).clamp(min=0)
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
