"""One head after the other. A finite fill keeps softmax finite, and masked weights are zeroed behind it."""

import math

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads, dropout=0.0, bias=True):
        if embed_dim % num_heads:
            raise ValueError(f"{embed_dim} is not divisible by {num_heads}")
        super().__init__()
        self.num_heads = num_heads
        self.q_proj = nn.Linear(embed_dim, embed_dim, bias=bias)
        self.k_proj = nn.Linear(embed_dim, embed_dim, bias=bias)
        self.v_proj = nn.Linear(embed_dim, embed_dim, bias=bias)
        self.out_proj = nn.Linear(embed_dim, embed_dim, bias=bias)
        self.drop = nn.Dropout(dropout)

    def forward(self, query, key, value, mask=None):
        qs = self.q_proj(query).chunk(self.num_heads, dim=-1)
        ks = self.k_proj(key).chunk(self.num_heads, dim=-1)
        vs = self.v_proj(value).chunk(self.num_heads, dim=-1)
        heads = []
        for h, (q, k, v) in enumerate(zip(qs, ks, vs)):
            scores = torch.bmm(q, k.transpose(1, 2)) / math.sqrt(q.size(-1))
            if mask is not None:
                own = mask if mask.dim() < 4 else mask[:, h if mask.size(1) > 1 else 0]
                open_ = own if own.dtype == torch.bool else own > -torch.inf
                if own.dtype != torch.bool:
                    scores = scores + own.masked_fill(~open_, 0)
                scores = scores.masked_fill(~open_, torch.finfo(scores.dtype).min)
            weights = scores.softmax(dim=2)
            if mask is not None:
                weights = weights * open_
            heads.append(torch.bmm(self.drop(weights), v))
        return self.out_proj(torch.cat(heads, dim=-1))
