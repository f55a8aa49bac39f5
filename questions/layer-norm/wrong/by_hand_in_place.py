# caught by: by-hand-rows-of-a-matrix
# Multiplies weight into grad_output itself: right numbers, but another consumer of that gradient reads garbage.
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
    grad_weight = (grad_output * x_hat).sum_to_size(weight.shape)
    grad_bias = grad_output.sum_to_size(weight.shape).clone()
    h = grad_output.mul_(weight)
    grad_x = h - h.mean(dims, keepdim=True) - x_hat * (h * x_hat).mean(dims, keepdim=True)
    return grad_x * inverse_std, grad_weight, grad_bias
