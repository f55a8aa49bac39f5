"""Engineering judgement."""

HITS = {
    "hard-coded-device": [
        """
        def move(model, x):
            model.cuda()  #!
            x = x.to("cuda:0")  #!
            return torch.zeros(3, device="cuda")  #!
        """,
        """
        device = torch.device("cuda")  #!
        """,
    ],
    "device-mismatch": [
        """
        class Net(nn.Module):
            def forward(self, x):
                mask = torch.ones(x.shape[1], x.shape[1])  #!
                return x @ torch.tril(mask)
        """,
        """
        class Net(nn.Module):
            def forward(self, x):
                return x + torch.randn(x.shape)  #!
        """,
    ],
    "seed-in-solution": [
        """
        torch.manual_seed(0)  #!

        def sample(n):
            np.random.seed(1)  #!
            random.seed(2)  #!
            return torch.randn(n)
        """,
        """
        from torch import manual_seed

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                manual_seed(7)  #!
        """,
    ],
    "broad-except": [
        """
        def load(path):
            try:
                return torch.load(path)
            except:  #!
                return None
        """,
        """
        def load(path):
            try:
                return torch.load(path)
            except (ValueError, Exception) as error:  #!
                print(error)
        """,
    ],
    "print-left-in": [
        """
        class Net(nn.Module):
            def forward(self, x):
                print("here")  #!
                return x
        """,
        """
        def loss(x, y):
            print(x.shape, y.shape)  #!
            return (x - y).square().mean()
        """,
    ],
    "mutable-default": [
        """
        def run(x, seen=[]):  #!
            seen.append(x)

        def build(sizes=dict(), *, names={}):  #!
            return sizes, names
        """,
    ],
    "copy-in-loop": [
        """
        def track(model, batches):
            copies = []
            for batch in batches:
                copies.append(copy.deepcopy(model))  #!
            return copies
        """,
    ],
    "unsafe-load": [
        """
        def load(path):
            return torch.load(path, weights_only=False)  #!
        """,
    ],
    "follows-device": [
        """
        class Net(nn.Module):
            def forward(self, x):
                return x + torch.arange(x.shape[1], device=x.device)  #!
        """,
    ],
}

MISSES = {
    "hard-coded-device": [
        """
        device = "cuda" if torch.cuda.is_available() else "cpu"
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        if torch.cuda.is_available():
            model.cuda()
        """,
        """
        def move(x, device):
            return x.to(device), x.to("cpu"), x.to("meta"), torch.zeros(3, device=device)
        """,
        """
        def move(model, use_cuda, rank):
            if use_cuda:
                model.cuda()
            return model.cuda(rank)
        """,
    ],
    "device-mismatch": [
        """
        class Net(nn.Module):
            def forward(self, x):
                mask = torch.ones(3, 3, device=x.device)
                noise = torch.randn_like(x)
                scale = torch.tensor(0.5)
                order = torch.arange(x.shape[1]).to(x.device)
                zero = x.new_zeros(3)
                return x * scale + mask + order + noise + zero
        """,
        # An index may lie on the CPU.
        """
        class Loss(nn.Module):
            def forward(self, x, labels):
                rows = torch.arange(len(x))
                return -x[rows, labels].mean() + x[torch.randperm(len(x))].sum()
        """,
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.register_buffer("mask", torch.ones(3, 3))
        """,
        """
        class Net(nn.Module):
            def forward(self, x):
                mask = torch.ones(3, 3)
                mask = mask.to(x)
                return x + mask
        """,
    ],
    "seed-in-solution": [
        """
        def main():
            torch.manual_seed(0)

        if __name__ == "__main__":
            random.seed(0)
            main()
        """,
        """
        def set_seed(value):
            torch.manual_seed(value)

        def make_data(n, seed):
            torch.manual_seed(seed)
            return torch.randn(n, generator=torch.Generator().manual_seed(3))
        """,
        """
        class Shuffled:
            def __iter__(self):
                torch.manual_seed(self.seed)
        """,
        """
        def sample(n):
            with torch.random.fork_rng():
                torch.manual_seed(0)
                return torch.randn(n)
        """,
    ],
    "broad-except": [
        """
        def load(path):
            try:
                return torch.load(path)
            except (OSError, ValueError):
                return None
        """,
        """
        def load(path):
            try:
                return torch.load(path)
            except Exception as error:
                raise RuntimeError("no checkpoint") from error
        """,
    ],
    "print-left-in": [
        """
        def fit(model, epochs):
            for epoch in range(epochs):
                print(f"epoch {epoch}")

        def main():
            print(torch.ones(3).shape)

        if __name__ == "__main__":
            print(torch.ones(3).shape)
        """,
        """
        class Net(nn.Module):
            def forward(self, x):
                self.log.print(x)
                return x
        """,
    ],
    "mutable-default": [
        """
        def run(x, seen=None, sizes=(), name="a", scale=float("inf"), *, key):
            return x
        """,
        """
        run = lambda x: x
        """,
    ],
    "copy-in-loop": [
        """
        def best(model, epochs):
            kept = copy.deepcopy(model)
            for epoch in range(epochs):
                if better(model):
                    kept = copy.deepcopy(model)
            return kept
        """,
        """
        def clones(layer, n):
            out = []
            for child in layer:
                out.append(copy.deepcopy(child))
            return nn.ModuleList([copy.deepcopy(layer) for _ in range(n)])
        """,
        """
        def ensemble(models):
            return [each for model in models for each in (copy.deepcopy(model),)]
        """,
        """
        def ensemble(models):
            for model in models:
                yield copy.deepcopy(model)
        """,
    ],
    "unsafe-load": [
        """
        def load(path):
            return torch.load(path), torch.load(path, weights_only=True)
        """,
        """
        def load(path, safe):
            return torch.load(path, weights_only=safe)
        """,
    ],
    "follows-device": [
        """
        class Net(nn.Module):
            def forward(self, x):
                return x + torch.arange(x.shape[1])
        """,
        """
        def make(n):
            return torch.zeros(n, device="cpu")
        """,
    ],
}
