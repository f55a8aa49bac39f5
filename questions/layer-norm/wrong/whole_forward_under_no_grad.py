# caught by: rows-of-a-matrix
# The output has no graph behind it, so no gradient arrives anywhere.
import torch


@torch.no_grad()
def layer_norm(x, weight, bias, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    centred = x - x.mean(dims, keepdim=True)
    return centred * torch.rsqrt(centred.square().mean(dims, keepdim=True) + eps) * weight + bias


def layer_norm_backward(grad_output, x, weight, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    centred = x - x.mean(dims, keepdim=True)
    inverse_std = torch.rsqrt(centred.square().mean(dims, keepdim=True) + eps)
    x_hat = centred * inverse_std
    h = grad_output * weight
    grad_x = h - h.mean(dims, keepdim=True) - x_hat * (h * x_hat).mean(dims, keepdim=True)
    grad_weight = (grad_output * x_hat).sum_to_size(weight.shape)
    return grad_x * inverse_std, grad_weight, grad_output.sum_to_size(weight.shape)
