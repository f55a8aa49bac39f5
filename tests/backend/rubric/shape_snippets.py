"""How shapes are followed."""

HITS = {
    "view-of-transposed": [
        """
        def merge(x, b, t):
            return x.transpose(1, 2).view(b, t, -1)  #!
        """,
        """
        def merge(x, b):
            x = x.permute(0, 2, 1, 3)
            return x.view(b, -1)  #!
        """,
        """
        def merge(x):
            x = x.transpose(1, 2)
            x = x.view(x.size(0), -1)  #!
            return x
        """,
    ],
    "loop-over-batch": [
        """
        class Net(nn.Module):
            def forward(self, x):
                out = []
                for i in range(x.shape[0]):  #!
                    out.append(self.head(x[i]))
                return torch.stack(out)
        """,
        """
        def pairwise(a, b):
            n, d = a.shape
            out = torch.zeros(n, len(b))
            for i in range(n):  #!
                out[i] = ((a[i] - b) ** 2).sum(-1)
            return out
        """,
        """
        def loss(scores, labels):
            total = 0
            batch = scores.size(0)
            for i in range(batch):  #!
                total += -scores[i, labels[i]]
            return total / batch
        """,
    ],
    "bare-squeeze": [
        """
        class Net(nn.Module):
            def forward(self, x):
                return self.head(x).squeeze()  #!
        """,
    ],
    "no-shape-comments": [
        """
        def attend(q, k, v, heads):
            q = q.unflatten(-1, (heads, -1)).transpose(1, 2)  #!
            k = k.unflatten(-1, (heads, -1)).transpose(1, 2)
            v = v.unflatten(-1, (heads, -1)).transpose(1, 2)
            return (q @ k.transpose(-2, -1) @ v).transpose(1, 2).flatten(-2)
        """.replace("  #!", "").replace("heads):\n", "heads):  #!\n", 1),
    ],
    "shape-comments": [
        """
        def attend(q, k):
            q = q.transpose(1, 2)  # (B, H, T, D)  #!
            scores = q @ k  # (B, H, T, T)
            return scores
        """,
        """
        def pool(x):
            y = x.mean(dim=1)  # batch first: [batch, channels]  #!
            return y.sum(-1)  # [batch, 1]
        """,
        """
        def merge(x):
            x = x.flatten(1)  # B x CHW  #!
            return x @ x.T  # B x B
        """,
    ],
    "shape-checks": [
        """
        def forward(x):
            assert x.shape[-1] == 4, "four features are needed"  #!
            if x.dim() != 3:  #!
                raise ValueError(f"expected three dimensions, got {x.dim()}")
            return x
        """,
    ],
}

MISSES = {
    "view-of-transposed": [
        """
        def merge(x, b, t):
            return x.transpose(1, 2).contiguous().view(b, t, -1)
        """,
        """
        def merge(x, b, t):
            return x.transpose(1, 2).reshape(b, t, -1)
        """,
        # Splits a dimension, which any layout allows.
        """
        def split(x, b, c, h, w):
            return x.permute(0, 2, 1).view(b, c, h, w)
        """,
        """
        def split(x, b, t):
            x = x.view(b, t, 4, -1).transpose(1, 2)
            x = x.contiguous()
            return x.view(b, -1)
        """,
        """
        def bits(x):
            return x.t().view(torch.int32)
        """,
    ],
    "loop-over-batch": [
        # A state is handed from turn to turn.
        """
        class Rnn(nn.Module):
            def forward(self, x):
                h = x.new_zeros(x.shape[1])
                for t in range(x.shape[0]):
                    h = self.cell(x[t], h)
                return h
        """,
        """
        def heads(x, n):
            return [x[:, i] for i in range(n)]
        """,
        """
        def channels(x):
            for c in range(x.shape[1]):
                x[:, c] -= x[:, c].mean()
        """,
        """
        def fit(model, inputs, optimizer):
            for i in range(inputs.shape[0]):
                model(inputs[i]).sum().backward()
                optimizer.step()
        """,
        """
        def collate(samples):
            out = torch.zeros(len(samples), 4)
            for i, sample in enumerate(samples):
                out[i, : len(sample)] = sample
            return out
        """,
        """
        def layers(model, x):
            for i in range(len(model)):
                x = model[i](x)
            return x
        """,
    ],
    "bare-squeeze": [
        """
        class Net(nn.Module):
            def forward(self, x):
                return self.head(x).squeeze(-1)
        """,
        """
        def show(x):
            return x.squeeze()
        """,
    ],
    "no-shape-comments": [
        """
        def attend(q, k, v, heads):
            q = q.unflatten(-1, (heads, -1)).transpose(1, 2)  # (B, H, T, D)
            k = k.unflatten(-1, (heads, -1)).transpose(1, 2)
            v = v.unflatten(-1, (heads, -1)).transpose(1, 2)
            return (q @ k.transpose(-2, -1) @ v).transpose(1, 2).flatten(-2)
        """,
        '''
        def attend(q, k, v):
            """All are (batch, heads, time, width)."""
            q = q.transpose(1, 2).flatten(1)
            k = k.transpose(1, 2).flatten(1)
            return v.transpose(1, 2).flatten(1)
        ''',
        """
        def attend(q, k):
            batch, time, width = q.shape
            q = q.view(batch, time, 4, -1).transpose(1, 2)
            k = k.view(batch, time, 4, -1).transpose(1, 2)
            return (q @ k.transpose(-2, -1)).flatten(1)
        """,
        # Flat and back again.
        """
        def rows(x, n):
            y = x.reshape(-1, n).reshape(x.shape)
            return y.reshape(-1, n).reshape(x.shape)
        """,
    ],
    "shape-comments": [
        """
        def attend(q, k):
            q = q.transpose(1, 2)  # heads first (as in the paper, roughly)
            scores = q @ k  # see Vaswani (2017)
            return scores
        """,
        """
        def attend(q, k):
            q = q.transpose(1, 2)  # (B, H, T, D)
            return q @ k
        """,
        """
        # (B, T, C) and (B, C, T)
        def first(x):
            return x  # (or not, who knows)
        """,
    ],
    "shape-checks": [
        """
        def forward(x):
            assert x.shape[-1] == 4
            if x.dim() != 3:
                x = x.unsqueeze(0)
            return x
        """,
        """
        def pick(name):
            if name not in TABLE:
                raise KeyError(name)
            assert name, "a name is needed"
        """,
    ],
}
