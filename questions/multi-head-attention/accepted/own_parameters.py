"""Parameters without nn.Linear, heads folded into the batch, dropout drawn by hand."""

import torch
from torch import nn


class Projection(nn.Module):
    def __init__(self, width, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width, width))
        nn.init.xavier_uniform_(self.weight)
        self.register_parameter("bias", nn.Parameter(torch.zeros(width)) if bias else None)

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads, dropout=0.0, bias=True):
        super().__init__()
        if embed_dim // num_heads * num_heads != embed_dim:
            raise ValueError("the heads need equal shares of embed_dim")
        self.num_heads = num_heads
        self.dropout = dropout
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.add_module(name, Projection(embed_dim, bias))

    def fold(self, x):
        batch, length, width = x.shape
        x = x.reshape(batch, length, self.num_heads, width // self.num_heads)
        return x.permute(0, 2, 1, 3).reshape(batch * self.num_heads, length, -1)

    def forward(self, query, key, value, mask=None):
        batch, queries, _ = query.shape
        q, k, v = self.fold(self.q_proj(query)), self.fold(self.k_proj(key)), self.fold(self.v_proj(value))
        scores = torch.bmm(q, k.mT).mul(q.shape[-1] ** -0.5)
        scores = scores.reshape(batch, self.num_heads, queries, -1)
        if mask is not None:
            mask = mask.unsqueeze(1) if mask.dim() == 3 else mask
            if mask.dtype == torch.bool:
                mask = torch.zeros_like(mask, dtype=scores.dtype).masked_fill(~mask, -torch.inf)
            scores = scores + mask
            hopeless = torch.isneginf(scores).all(-1, keepdim=True)
            scores = torch.where(hopeless, torch.zeros_like(scores), scores)
        weights = torch.softmax(scores, -1)
        if mask is not None:
            weights = torch.where(hopeless, torch.zeros_like(weights), weights)
        if self.training and self.dropout > 0:
            weights = weights * (torch.rand_like(weights) >= self.dropout) / (1 - self.dropout)
        context = torch.bmm(weights.flatten(0, 1), v).reshape(batch, self.num_heads, queries, -1)
        return self.out_proj(context.permute(0, 2, 1, 3).reshape(batch, queries, -1))
