"""How nn.Module is used."""

HITS = {
    "raw-parameter": [
        """
        class Scale(nn.Module):
            def __init__(self):
                super().__init__()
                self.gain = torch.ones(3, requires_grad=True)  #!

            def forward(self, x):
                return x * self.gain
        """,
        """
        from torch.nn import Module
        from torch import randn

        class Scale(Module):
            def __init__(self, n):
                super().__init__()
                self.gain = randn(n, n).requires_grad_()  #!
        """,
        """
        class Scale(nn.Module):
            def __init__(self):
                super().__init__()
                self.gain = torch.zeros(3)
                self.gain.requires_grad = True  #!
        """,
        """
        class Base(nn.Module):
            pass

        class Scale(Base):
            def build(self):
                self.gain = torch.tensor([1.0], requires_grad=True)  #!
        """,
    ],
    "missing-super-init": [
        """
        class Net(nn.Module):
            def __init__(self, n):  #!
                self.n = n
                self.head = nn.Linear(n, n)
        """,
    ],
    "state-not-buffer": [
        """
        class Positions(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.table = torch.zeros(n, 4)  #!
                self.mask = torch.tril(torch.ones(n, n)).bool()  #!
                self.order = torch.arange(n).float() / n  #!
        """,
    ],
    "modules-in-list": [
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.layers = [nn.Linear(n, n) for _ in range(3)]  #!
                self.heads = {"a": nn.Linear(n, 2), "b": nn.Linear(n, 3)}  #!
        """,
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.layers = []  #!
                for _ in range(3):
                    self.layers.append(nn.Linear(n, n))
        """,
        """
        class Block(nn.Module):
            pass

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                blocks = []
                blocks.append(Block())
                self.blocks = blocks  #!
        """,
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.weights = [nn.Parameter(torch.zeros(n)), nn.Parameter(torch.ones(n))]  #!
        """,
    ],
    "unused-parameter": [
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.first = nn.Linear(n, n)
                self.second = nn.Linear(n, n)  #!
                self.bias = nn.Parameter(torch.zeros(n))  #!

            def forward(self, x):
                return self.first(x)
        """,
    ],
    "layer-made-in-forward": [
        """
        class Net(nn.Module):
            def forward(self, x):
                return nn.Linear(x.shape[-1], 4)(x)  #!
        """,
        """
        class Net(nn.Module):
            def forward(self, x):
                gain = nn.Parameter(torch.ones(x.shape[-1]))  #!
                return nn.BatchNorm1d(4)(x * gain)  #!
        """,
    ],
    "calls-forward": [
        """
        class Net(nn.Module):
            def forward(self, x):
                return self.head.forward(x)  #!
        """,
        """
        def evaluate(model, x):
            return model.forward(x)  #!
        """,
    ],
    "functional-dropout": [
        """
        class Net(nn.Module):
            def forward(self, x):
                x = F.dropout(x, 0.5)  #!
                return F.dropout2d(x, p=0.1)  #!
        """,
        """
        from torch.nn.functional import dropout as drop

        def block(x):
            return drop(x)  #!
        """,
    ],
    "registers-parameter": [
        """
        class Scale(nn.Module):
            def __init__(self):
                super().__init__()
                self.gain = nn.Parameter(torch.ones(3))  #!
        """,
    ],
    "registers-buffer": [
        """
        class Positions(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.register_buffer("table", torch.zeros(n, 4))  #!
        """,
    ],
}

MISSES = {
    "raw-parameter": [
        """
        class Scale(nn.Module):
            def __init__(self):
                super().__init__()
                self.gain = nn.Parameter(torch.ones(3, requires_grad=True))
                self.count = torch.zeros(3)
                self.head = nn.Linear(3, 3).requires_grad_()
        """,
        # Not a module: there is nothing to register with.
        """
        class Regression:
            def __init__(self):
                self.weight = torch.zeros(3, requires_grad=True)
        """,
        """
        class Scale(nn.Module):
            def probe(self):
                x = torch.ones(3, requires_grad=True)
                return torch.autograd.grad(self(x).sum(), x)
        """,
        """
        class Scale(nn.Module):
            def __init__(self):
                super().__init__()
                self.gain = torch.ones(3, requires_grad=False)
        """,
    ],
    "missing-super-init": [
        """
        class Net(nn.Module):
            def __init__(self, n):
                super(Net, self).__init__()
                self.head = nn.Linear(n, n)
        """,
        """
        class Net(nn.Module):
            def __init__(self, n):
                nn.Module.__init__(self)
                self.n = n
        """,
        """
        class Net(nn.Module):
            def forward(self, x):
                return x
        """,
        """
        class Config:
            def __init__(self, n):
                self.n = n
        """,
    ],
    "state-not-buffer": [
        """
        class Positions(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.register_buffer("table", torch.zeros(n, 4))
                self.gain = nn.Parameter(torch.zeros(n))
                self.head = nn.Linear(n, n)
                self.size = torch.ones(n).numel()
                self.first = torch.arange(n)[0].item()
        """,
        # Made in __init__ and not kept.
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                start = torch.eye(n)
                self.weight = nn.Parameter(start * 2)
        """,
        """
        class Samples:
            def __init__(self, n):
                self.data = torch.randn(n, 3)
        """,
        """
        class Net(nn.Module):
            def forward(self, x):
                self.seen = torch.zeros(3)
                return x
        """,
    ],
    "modules-in-list": [
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(3)])
                self.heads = nn.ModuleDict({"a": nn.Linear(n, 2)})
                self.body = nn.Sequential(*[nn.Linear(n, n) for _ in range(3)])
                self.sizes = [n, n]
                self.names = []
        """,
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                layers = []
                for _ in range(3):
                    layers.append(nn.Linear(n, n))
                self.layers = layers
                self.body = nn.Sequential(*layers)
        """,
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.heads = []
                for i in range(3):
                    head = nn.Linear(n, n)
                    self.add_module(f"head{i}", head)
                    self.heads.append(head)
        """,
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.q, self.k = (nn.Linear(n, n) for _ in range(2))
                self.a, self.b = nn.Linear(n, n), nn.Linear(n, n)
        """,
        """
        def build(n):
            layers = [nn.Linear(n, n), nn.ReLU()]
            return nn.Sequential(*layers)
        """,
    ],
    "unused-parameter": [
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.first = nn.Linear(n, n)
                self.last = nn.Linear(n, n)

            def forward(self, x):
                return self.body(self.first(x))

            def body(self, x):
                return self.last(x)
        """,
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.first = nn.Linear(n, n)
                self.last = nn.Linear(n, n)

            def forward(self, x):
                for layer in self.children():
                    x = layer(x)
                return x
        """,
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.head_a = nn.Linear(n, n)

            def forward(self, x, which):
                return getattr(self, f"head_{which}")(x)
        """,
        # Used from outside of the class.
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.probe = nn.Linear(n, n)

            def forward(self, x):
                return x

        def score(net, x):
            return net.probe(net(x))
        """,
    ],
    "layer-made-in-forward": [
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.head = nn.Linear(n, n)

            def forward(self, x):
                return nn.ReLU()(F.linear(x, self.head.weight))
        """,
        """
        def make(n):
            return nn.Linear(n, n)
        """,
    ],
    "calls-forward": [
        """
        class Net(Base):
            def forward(self, x):
                return super().forward(x)
        """,
        """
        class Net(nn.Module):
            def again(self, x):
                return self.forward(Base.forward(self, x))
        """,
        """
        def run(model, x):
            return model(x)
        """,
    ],
    "functional-dropout": [
        """
        class Net(nn.Module):
            def forward(self, x):
                x = F.dropout(x, 0.5, training=self.training)
                x = F.dropout(x, 0.5, self.training)
                return F.dropout(x, **self.options)
        """,
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.dropout = nn.Dropout(0.5)

            def forward(self, x):
                return self.dropout(x)
        """,
    ],
    "registers-parameter": [
        """
        gain = nn.Parameter(torch.ones(3))
        """,
        """
        class Scale(nn.Module):
            def __init__(self):
                super().__init__()
                self.gain = torch.ones(3, requires_grad=True)
        """,
    ],
    "registers-buffer": [
        """
        class Positions(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.table = torch.zeros(n, 4)
        """,
        """
        def add(model):
            model.register_buffer("seen", torch.zeros(1))
        """,
    ],
}
