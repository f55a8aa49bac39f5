# caught by: by-hand-two-and-two-dimensions
# Sums the parameters' gradients over one leading dimension, however many there are.
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
    if x.dim() == weight.dim():
        return grad_x * inverse_std, grad_output * x_hat, grad_output.clone()
    return grad_x * inverse_std, (grad_output * x_hat).sum(0), grad_output.sum(0)
