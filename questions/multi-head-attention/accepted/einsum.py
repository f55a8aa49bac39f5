"""Heads by einsum, and a softmax written out: the largest score is taken off, an empty sum becomes 1."""

import torch
from torch import nn
from torch.nn import functional as F


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads, dropout=0.0, bias=True):
        super().__init__()
        if embed_dim % num_heads != 0:
            raise ValueError("embed_dim must be a multiple of num_heads")
        self.heads, self.width, self.p = num_heads, embed_dim // num_heads, dropout
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (
            nn.Linear(embed_dim, embed_dim, bias) for _ in range(4)
        )

    def forward(self, query, key, value, mask=None):
        def project(layer, x):
            return layer(x).reshape(*x.shape[:2], self.heads, self.width)

        q, k, v = project(self.q_proj, query), project(self.k_proj, key), project(self.v_proj, value)
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / self.width**0.5
        if mask is not None:
            if mask.ndim == 3:
                mask = mask[:, None]
            if mask.dtype == torch.bool:
                mask = torch.where(mask, 0.0, -torch.inf).to(scores.dtype)
            scores = scores + mask
        top = scores.detach().amax(-1, keepdim=True).clamp(min=torch.finfo(scores.dtype).min)
        powers = (scores - top).exp()
        total = powers.sum(-1, keepdim=True)
        weights = powers / torch.where(total > 0, total, 1)
        weights = F.dropout(weights, self.p, self.training)
        return self.out_proj(torch.einsum("bhqk,bkhd->bqhd", weights, v).flatten(2))
