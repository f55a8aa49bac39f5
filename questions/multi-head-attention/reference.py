import torch
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """Scaled dot-product attention in `num_heads` subspaces of equal width, batch first.

    Shapes in comments: B batch, H heads, L_q queries, L_k keys, E embed_dim, D = E / H.
    """

    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True
    ) -> None:
        super().__init__()
        if embed_dim % num_heads:
            raise ValueError(f"embed_dim {embed_dim} cannot be split into {num_heads} heads")
        self.num_heads = num_heads
        self.q_proj = nn.Linear(embed_dim, embed_dim, bias=bias)
        self.k_proj = nn.Linear(embed_dim, embed_dim, bias=bias)
        self.v_proj = nn.Linear(embed_dim, embed_dim, bias=bias)
        self.out_proj = nn.Linear(embed_dim, embed_dim, bias=bias)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> Tensor:
        q = self._split_heads(self.q_proj(query))  # (B, H, L_q, D)
        k = self._split_heads(self.k_proj(key))  # (B, H, L_k, D)
        v = self._split_heads(self.v_proj(value))  # (B, H, L_k, D)

        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)  # (B, H, L_q, L_k)
        weights = self.dropout(_masked_softmax(scores, mask))
        context = weights @ v  # (B, H, L_q, D)
        return self.out_proj(context.transpose(1, 2).flatten(-2))  # (B, L_q, E)

    def _split_heads(self, x: Tensor) -> Tensor:
        """(B, L, E) -> (B, H, L, D)"""
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)


def _masked_softmax(scores: Tensor, mask: Tensor | None) -> Tensor:
    """Softmax over the keys under `mask`; zeros for a query that no key is left to."""
    if mask is None:
        return scores.softmax(-1)
    if mask.dim() == 3:
        mask = mask.unsqueeze(1)  # (B, L_q, L_k): the same for every head
    if mask.dtype == torch.bool:
        mask = torch.zeros_like(mask, dtype=scores.dtype).masked_fill(~mask, -torch.inf)
    scores = scores + mask

    # Softmax of a row of -inf is NaN, and so is its gradient: replacing the NaN afterwards would
    # mend the value only. Such a row is taken out before and set to zero behind.
    nothing_left = (scores == -torch.inf).all(-1, keepdim=True)
    return scores.masked_fill(nothing_left, 0).softmax(-1).masked_fill(nothing_left, 0)
