from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True
    ) -> None:
        super().__init__()
        # q_proj, k_proj, v_proj and out_proj belong here

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> Tensor:
        """(B, L_q, E), (B, L_k, E), (B, L_k, E) -> (B, L_q, E)"""
        raise NotImplementedError("forward is yours to write")
