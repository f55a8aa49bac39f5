"""Every shape is made a matrix of rows first; the sums over rows are matrix products."""

import torch


def layer_norm(x, weight, bias, eps=1e-5):
    rows = x.reshape(-1, weight.numel())
    mean = rows.mean(1, keepdim=True)
    var = rows.var(1, unbiased=False, keepdim=True)
    y = (rows - mean) / torch.sqrt(var + eps) * weight.flatten() + bias.flatten()
    return y.reshape(x.shape)


def layer_norm_backward(grad_output, x, weight, eps=1e-5):
    n = weight.numel()
    rows, g = x.reshape(-1, n), grad_output.reshape(-1, n)
    var, mean = torch.var_mean(rows, 1, correction=0, keepdim=True)
    scale = (var + eps).pow(-0.5)
    x_hat = (rows - mean) * scale

    h = g * weight.flatten()
    along_x_hat = torch.einsum("rn,rn->r", h, x_hat)[:, None] / n
    grad_x = scale * (h - h.mean(1, keepdim=True) - along_x_hat * x_hat)
    grad_weight = torch.einsum("rn,rn->n", g, x_hat)
    grad_bias = g.new_ones(len(g)) @ g
    return grad_x.reshape(x.shape), grad_weight.reshape(weight.shape), grad_bias.reshape(weight.shape)
