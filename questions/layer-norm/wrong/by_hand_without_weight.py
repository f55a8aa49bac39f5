# caught by: by-hand-rows-of-a-matrix
# Lets grad_output reach x_hat without passing the multiplication by weight.
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
    g = grad_output
    grad_x = g - g.mean(dims, keepdim=True) - x_hat * (g * x_hat).mean(dims, keepdim=True)
    grad_weight = (g * x_hat).sum_to_size(weight.shape)
    return grad_x * inverse_std, grad_weight, g.sum_to_size(weight.shape)
