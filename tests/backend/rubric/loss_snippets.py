"""Losses, and when their gradients are zeroed."""

HITS = {
    "softmax-before-cross-entropy": [
        """
        def step(model, x, y):
            return F.cross_entropy(F.softmax(model(x), dim=1), y)  #!
        """,
        """
        criterion = nn.CrossEntropyLoss()

        def step(model, x, y):
            probabilities = torch.softmax(model(x), dim=1)
            return criterion(probabilities, y)  #!
        """,
        """
        class Net(nn.Module):
            def forward(self, x):
                x = self.head(x)
                return x.softmax(dim=-1)

        def step(x, y):
            net = Net()
            return F.cross_entropy(net(x), y)  #!
        """,
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.normalise = nn.Softmax(dim=1)

            def forward(self, x):
                return self.normalise(self.head(x))

        def step(model, x, y):
            scores = model(x)
            return nn.CrossEntropyLoss()(scores, y)  #!
        """,
        """
        model = nn.Sequential(nn.Linear(3, 2), nn.Softmax(dim=1))
        loss = F.cross_entropy(model(x), y)  #!
        """,
    ],
    "sigmoid-before-logits-loss": [
        """
        def step(model, x, y):
            return F.binary_cross_entropy_with_logits(model(x).sigmoid(), y)  #!
        """,
        """
        loss_fn = nn.BCEWithLogitsLoss()
        model = nn.Sequential(nn.Linear(3, 1), nn.Sigmoid())
        loss = loss_fn(model(x), y)  #!
        """,
    ],
    "no-zero-grad": [
        """
        def fit(model, batches, optimizer):
            for x, y in batches:
                loss = F.mse_loss(model(x), y)
                loss.backward()  #!
                optimizer.step()
        """,
        """
        def descend(w, x, y, rate):
            for _ in range(100):
                loss = ((x @ w - y) ** 2).mean()
                loss.backward()  #!
                with torch.no_grad():
                    w -= rate * w.grad
        """,
        """
        def train_step(model, x, y, opt):
            loss = F.mse_loss(model(x), y)
            loss.backward()  #!
            opt.step()
        """,
        """
        def fit(model, epochs, batches, optimizer):
            for _ in range(epochs):
                optimizer.zero_grad()
                for x in batches:
                    model(x).sum().backward()  #!
                    optimizer.step()
        """,
    ],
    "zeroed-before-step": [
        """
        def fit(model, batches, optimizer):
            for x in batches:
                model(x).sum().backward()
                optimizer.zero_grad()  #!
                optimizer.step()
        """,
    ],
    "gradients-zeroed": [
        """
        def fit(model, batches, optimizer):
            for x in batches:
                optimizer.zero_grad(set_to_none=True)  #!
                model(x).sum().backward()
                optimizer.step()
        """,
    ],
}

MISSES = {
    "softmax-before-cross-entropy": [
        """
        def step(model, x, y):
            scores = model(x)
            probabilities = F.softmax(scores, dim=1)
            return F.cross_entropy(scores, y), probabilities
        """,
        """
        def step(model, x, y):
            return F.nll_loss(F.log_softmax(model(x), dim=1), y)
        """,
        """
        class Attention(nn.Module):
            def forward(self, x):
                return (x @ x.mT).softmax(-1) @ x

        def step(model, x, y):
            return F.cross_entropy(model(x), y)
        """,
        """
        def step(model, x, y):
            scores = model(x).softmax(1)
            scores = model(x)
            return F.cross_entropy(scores, y)
        """,
        # Soft targets are probabilities, and come second.
        """
        def distil(student, teacher, x):
            return F.cross_entropy(student(x), teacher(x).softmax(-1).detach())
        """,
    ],
    "sigmoid-before-logits-loss": [
        """
        def step(model, x, y):
            return F.binary_cross_entropy(model(x).sigmoid(), y)
        """,
        """
        def step(model, x, y):
            logits = model(x)
            right = (logits.sigmoid() > 0.5) == y
            return F.binary_cross_entropy_with_logits(logits, y), right
        """,
    ],
    "no-zero-grad": [
        """
        def fit(model, batches, optimizer):
            for x, y in batches:
                loss = F.mse_loss(model(x), y)
                for p in model.parameters():
                    p.grad = None
                loss.backward()
                optimizer.step()
        """,
        """
        def fit(model, batches, optimizer):
            for i, x in enumerate(batches):
                model(x).sum().backward()
                if (i + 1) % 4 == 0:
                    optimizer.step()
                    optimizer.zero_grad()
        """,
        """
        def update(optimizer):
            optimizer.step()
            optimizer.zero_grad()

        def fit(model, batches, optimizer):
            for x in batches:
                model(x).sum().backward()
                update(optimizer)
        """,
        """
        def descend(w, x, y, rate):
            for _ in range(100):
                loss = ((x @ w - y) ** 2).mean()
                loss.backward()
                with torch.no_grad():
                    w -= rate * w.grad
                    w.grad.zero_()
        """,
        """
        def fit(x, optimizer):
            def closure():
                optimizer.zero_grad()
                loss = x.square().sum()
                loss.backward()
                return loss

            for _ in range(10):
                optimizer.step(closure)
        """,
        """
        def gradient(f, x):
            x = x.clone().requires_grad_()
            f(x).backward()
            return x.grad
        """,
        """
        def accumulate(model, batches, optimizer):
            for group in batches:
                optimizer.zero_grad()
                for x in group:
                    (model(x).sum() / len(group)).backward()
                optimizer.step()
        """,
        """
        class Norm(torch.autograd.Function):
            @staticmethod
            def backward(ctx, grad):
                return grad

        def by_hand(ctx, grad):
            return Norm.backward(ctx, grad)
        """,
    ],
    "zeroed-before-step": [
        """
        def fit(model, batches, optimizer):
            for x in batches:
                optimizer.zero_grad()
                model(x).sum().backward()
                optimizer.step()
        """,
        """
        def fit(model, batches, optimizer):
            for x in batches:
                model(x).sum().backward()
                optimizer.step()
                optimizer.zero_grad()
        """,
        """
        def fit(model, batches, optimizer, scaler):
            for x in batches:
                loss = model(x).sum()
                loss.backward()
                if not loss.isfinite():
                    optimizer.zero_grad()
                    continue
                optimizer.step()
        """,
    ],
    "gradients-zeroed": [
        """
        def fit(model, batches, optimizer):
            for x in batches:
                model(x).sum().backward()
                optimizer.step()
        """,
        """
        def fit(model, batches, optimizer):
            for x in batches:
                model(x).sum().backward()
                optimizer.zero_grad()
                optimizer.step()
        """,
    ],
}
