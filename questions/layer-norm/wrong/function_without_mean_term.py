# caught by: rows-of-a-matrix
# A custom Function whose backward forgets what flows through the mean.
import torch


class LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, eps):
        dims = tuple(range(-weight.dim(), 0))
        centred = x - x.mean(dims, keepdim=True)
        inverse_std = torch.rsqrt(centred.square().mean(dims, keepdim=True) + eps)
        x_hat = centred * inverse_std
        ctx.save_for_backward(x_hat, inverse_std, weight)
        return x_hat * weight + bias

    @staticmethod
    def backward(ctx, grad_output):
        x_hat, inverse_std, weight = ctx.saved_tensors
        dims = tuple(range(-weight.dim(), 0))
        h = grad_output * weight
        grad_x = inverse_std * (h - x_hat * (h * x_hat).mean(dims, keepdim=True))
        return grad_x, grad_output * x_hat, grad_output, None


def layer_norm(x, weight, bias, eps=1e-5):
    return LayerNorm.apply(x, weight, bias, eps)


def layer_norm_backward(grad_output, x, weight, eps=1e-5):
    dims = tuple(range(-weight.dim(), 0))
    centred = x - x.mean(dims, keepdim=True)
    inverse_std = torch.rsqrt(centred.square().mean(dims, keepdim=True) + eps)
    x_hat = centred * inverse_std
    h = grad_output * weight
    grad_x = h - h.mean(dims, keepdim=True) - x_hat * (h * x_hat).mean(dims, keepdim=True)
    grad_weight = (grad_output * x_hat).sum_to_size(weight.shape)
    return grad_x * inverse_std, grad_weight, grad_output.sum_to_size(weight.shape)
