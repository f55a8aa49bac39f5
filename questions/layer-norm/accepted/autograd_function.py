"""One derivation for both directions: an autograd.Function whose backward is the hand-written one."""

import torch


class LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, eps):
        ctx.save_for_backward(x, weight)
        ctx.eps = eps
        x_hat, _ = statistics(x, weight, eps)
        return torch.addcmul(bias, x_hat, weight)

    @staticmethod
    def backward(ctx, grad_output):
        x, weight = ctx.saved_tensors
        return *layer_norm_backward(grad_output, x, weight, ctx.eps), None


def layer_norm(x, weight, bias, eps=1e-5):
    return LayerNorm.apply(x, weight, bias, eps)


def layer_norm_backward(grad_output, x, weight, eps=1e-5):
    x_hat, std = statistics(x, weight, eps)
    rows = list(range(x.dim() - weight.dim(), x.dim()))
    n = weight.numel()
    h = grad_output * weight
    grad_x = (n * h - h.sum(rows, keepdim=True) - x_hat * (h * x_hat).sum(rows, keepdim=True)) / (n * std)
    grad_weight, grad_bias = grad_output * x_hat, grad_output
    for _ in range(x.dim() - weight.dim()):
        grad_weight, grad_bias = grad_weight.sum(0), grad_bias.sum(0)
    return grad_x, grad_weight, grad_bias.clone()


def statistics(x, weight, eps):
    rows = list(range(x.dim() - weight.dim(), x.dim()))
    variance, mean = torch.var_mean(x, rows, correction=0, keepdim=True)
    std = (variance + eps).sqrt()
    return (x - mean) / std, std
