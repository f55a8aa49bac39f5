# caught by: names-and-shapes
# Tensors with requires_grad=True are not registered: no optimiser, state_dict or .to() ever sees them.
import torch
from torch import nn
from torch.nn import functional as F


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads, dropout=0.0, bias=True):
        super().__init__()
        if embed_dim % num_heads:
            raise ValueError("embed_dim must be divisible by num_heads")
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.dropout = dropout
        for name in ("q", "k", "v", "out"):
            weight = torch.randn(embed_dim, embed_dim) * embed_dim**-0.5
            setattr(self, f"{name}_weight", weight.requires_grad_())
            setattr(self, f"{name}_bias", torch.zeros(embed_dim, requires_grad=bias))

    def split(self, x):
        return x.reshape(x.shape[0], -1, self.num_heads, self.head_dim).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.split(F.linear(query, self.q_weight, self.q_bias))
        k = self.split(F.linear(key, self.k_weight, self.k_bias))
        v = self.split(F.linear(value, self.v_weight, self.v_bias))
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            if mask.dim() == 3:
                mask = mask.unsqueeze(1)
            if mask.dtype == torch.bool:
                scores = scores.masked_fill(~mask, -torch.inf)
            else:
                scores = scores + mask
        empty = (scores == -torch.inf).all(-1, keepdim=True)
        weights = scores.masked_fill(empty, 0).softmax(-1).masked_fill(empty, 0)
        weights = F.dropout(weights, self.dropout, self.training)
        context = (weights @ v).transpose(1, 2).flatten(2)
        return F.linear(context, self.out_weight, self.out_bias)
