"""Where gradients flow."""

HITS = {
    "data-attribute": [
        """
        def penalty(w):
            return w.data.square().sum()  #!
        """,
        """
        def step(parameters, rate):
            for p in parameters:
                p.data -= rate * p.grad  #!
        """,
        """
        def clamp(w):
            w.data.clamp_(0, 1)  #!
        """,
        """
        def size_of(layers):
            return sum(one.gain.data.norm() for one in layers)  #!
        """,
    ],
    "variable": [
        """
        from torch.autograd import Variable

        x = Variable(torch.ones(3))  #!
        """,
        """
        x = torch.autograd.Variable(torch.ones(3), requires_grad=True)  #!
        """,
    ],
    "in-place-on-leaf": [
        """
        def start():
            w = torch.zeros(3, requires_grad=True)
            w += 1  #!
            w[0] = 2  #!
            w.fill_(3)  #!
            return w
        """,
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.weight = nn.Parameter(torch.empty(n, n))
                self.weight.normal_()  #!
        """,
        """
        w = torch.randn(3).requires_grad_()
        w *= 2  #!
        """,
    ],
    "target-not-detached": [
        """
        def train_step(q_net, target_net, batch):
            target = batch.reward + 0.9 * target_net(batch.after).max(dim=1).values  #!
            loss = F.mse_loss(q_net(batch.before), target)
            loss.backward()
        """,
        """
        class Byol(nn.Module):
            def loss(self, x, y):
                return F.mse_loss(self.online(x), self.target_encoder(y))  #!
        """,
        """
        def distil(student, teacher, x):
            goal = teacher(x)  #!
            loss = F.kl_div(student(x).log_softmax(-1), goal.softmax(-1))
            loss.backward()
        """,
    ],
    "retain-graph": [
        """
        def fit(model, batches, optimizer):
            for x in batches:
                optimizer.zero_grad()
                model(x).sum().backward(retain_graph=True)  #!
                optimizer.step()
        """,
    ],
    "numpy-in-forward": [
        """
        class Net(nn.Module):
            def forward(self, x):
                y = x.detach().cpu().numpy()  #!
                return torch.from_numpy(y * 2)
        """,
        """
        class Loss(nn.Module):
            def forward(self, x):
                total = torch.tensor(x.sum().item())  #!
                return total
        """,
    ],
    "detached-output": [
        """
        class Net(nn.Module):
            def forward(self, x):
                return self.head(x).detach()  #!
        """,
    ],
    "eval-without-no-grad": [
        """
        def evaluate(model, batches):
            model.eval()
            correct = 0
            for x, y in batches:
                correct += (model(x).argmax(1) == y).sum().item()  #!
            return correct
        """,
        """
        class Trainer:
            def validate(self, batches):
                self.model.eval()
                return [F.mse_loss(self.model(x), y).item() for x, y in batches]  #!
        """,
    ],
    "detached-target": [
        """
        def train_step(q_net, target_net, batch):
            with torch.no_grad():
                target = target_net(batch.after).max(dim=1).values  #!
            loss = F.mse_loss(q_net(batch.before), target)
            loss.backward()
        """,
        """
        def distil(student, teacher, x):
            goal = teacher(x).detach()  #!
            return F.mse_loss(student(x), goal)
        """,
    ],
}

MISSES = {
    "data-attribute": [
        """
        def initialise(layer, old):
            layer.weight.data.normal_(0, 0.02)
            layer.weight.data[0] = 0
            layer.bias.data = layer.bias.data * 2
        """,
        """
        class Samples:
            def __init__(self, data):
                self.data = data

            def __getitem__(self, i):
                return self.data[i]
        """,
        """
        def walk(node, packed, response):
            rows = response.data.items()
            return nn.utils.rnn.PackedSequence(packed.data, packed.batch_sizes), node.data, rows
        """,
        """
        @torch.no_grad()
        def update(average, model):
            for a, p in zip(average, model):
                a.data.lerp_(p.data, 0.1)
        """,
        """
        from torch.utils.data import DataLoader
        import torch.utils.data

        loader = torch.utils.data.DataLoader([])
        """,
    ],
    "variable": [
        """
        class Variable:
            pass

        x = Variable()
        """,
        """
        x = torch.ones(3, requires_grad=True)
        """,
    ],
    "in-place-on-leaf": [
        """
        def start():
            w = torch.zeros(3, requires_grad=True)
            with torch.no_grad():
                w += 1
                w[0] = 2
                w.fill_(3)
            w.grad.zero_()
            w.requires_grad_(False)
            w.retain_grad()
            return w
        """,
        """
        def start():
            w = torch.zeros(3, requires_grad=True)
            w = w * 2
            w += 1
            return w
        """,
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.weight = nn.Parameter(torch.empty(n, n))
                nn.init.normal_(self.weight)
                self.weight.data.mul_(2)

            @torch.no_grad()
            def reset_parameters(self):
                self.weight.zero_()
        """,
        """
        def start():
            w = torch.zeros(3)
            w += 1
            w.requires_grad_()
            return w
        """,
    ],
    "target-not-detached": [
        """
        def train_step(q_net, target_net, batch):
            with torch.no_grad():
                target = target_net(batch.after).max(dim=1).values
            loss = F.mse_loss(q_net(batch.before), target)
            loss.backward()
        """,
        """
        def distil(student, teacher, x):
            goal = teacher(x)
            loss = F.mse_loss(student(x), goal.detach())
            loss.backward()
        """,
        """
        def td(q_net, target_net, batch):
            after = target_net(batch.after)
            goal = batch.reward + after.max(1).values
            return F.mse_loss(q_net(batch.before), goal.detach())
        """,
        """
        for p in teacher.parameters():
            p.requires_grad = False

        def distil(student, teacher, x):
            return F.mse_loss(student(x), teacher(x))
        """,
        # A transformation of labels is no network.
        """
        def step(model, x, y, target_transform):
            loss = F.mse_loss(model(x), target_transform(y))
            loss.backward()
        """,
        """
        def outputs(teacher_model, x):
            return teacher_model(x)
        """,
    ],
    "retain-graph": [
        """
        def step(a, b):
            a.backward(retain_graph=True)
            b.backward()
        """,
        """
        def fit(model, batches):
            for x in batches:
                model(x).sum().backward(retain_graph=False)
        """,
    ],
    "numpy-in-forward": [
        """
        class Net(nn.Module):
            def forward(self, x, lengths):
                longest = lengths.max().item()
                return self.head(x[:, :longest])
        """,
        """
        class Net(nn.Module):
            @torch.no_grad()
            def forward(self, x):
                return torch.from_numpy(x.numpy())
        """,
        """
        def to_array(x):
            return x.detach().numpy()
        """,
    ],
    "detached-output": [
        """
        class Quantise(nn.Module):
            def forward(self, x):
                q = self.look_up(x)
                return x + (q - x).detach()
        """,
        """
        class Net(nn.Module):
            def features(self, x):
                return self.body(x).detach()
        """,
        """
        class Net(nn.Module):
            def forward(self, x):
                return self.head(self.body(x).detach())
        """,
    ],
    "eval-without-no-grad": [
        """
        @torch.inference_mode()
        def evaluate(model, batches):
            return [model(x) for x in batches]
        """,
        """
        def evaluate(model, batches):
            model.eval()
            with torch.set_grad_enabled(False):
                return [model(x) for x in batches]
        """,
        # An attack needs the gradient of its input.
        """
        def evaluate_attack(model, x, y):
            model.eval()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            return x.grad.sign()
        """,
        """
        def validate(model, batches):
            return [model(x) for x in batches]

        def fit(model, batches):
            with torch.no_grad():
                return validate(model, batches)
        """,
        """
        def evaluate(scores, labels):
            return (scores.argmax(1) == labels).float().mean()
        """,
    ],
    "detached-target": [
        """
        def distil(student, teacher, x):
            return F.mse_loss(student(x), teacher(x))
        """,
        """
        def features(model, x):
            with torch.no_grad():
                return model(x)
        """,
    ],
}
