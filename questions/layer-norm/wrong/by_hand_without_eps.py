# caught by: by-hand-eps-outweighs-variance
# Projects out the unit-variance x_hat, as if eps were zero; the formula holds for the x_hat of the forward.
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
    unit = centred * torch.rsqrt(variance.clamp(min=1e-30))
    h = grad_output * weight
    grad_x = h - h.mean(dims, keepdim=True) - unit * (h * unit).mean(dims, keepdim=True)
    grad_weight = (grad_output * x_hat).sum_to_size(weight.shape)
    return grad_x * inverse_std, grad_weight, grad_output.sum_to_size(weight.shape)
