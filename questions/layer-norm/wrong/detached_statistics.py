# caught by: rows-of-a-matrix
# The mean and the variance are treated as constants: every value is right, the gradient of x is not.
import torch


def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    mean = x.mean(dims, keepdim=True).detach()
    variance = x.var(dims, correction=0, keepdim=True).detach()
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
