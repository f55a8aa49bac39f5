"""What the two answers claim about autograd, as assertions."""

import warnings

import torch
from torch import nn

# Results have a grad_fn, leaves have none; grad_fn points to the nodes of its inputs.
x = torch.tensor(2.0, requires_grad=True)
y = x * x
assert x.is_leaf and x.grad_fn is None
assert not y.is_leaf and y.grad_fn is not None
assert y.grad_fn.next_functions[0][0].variable is x


# The graph follows the branch that ran, anew each time.
def branch(value):
    return value * 3 if value > 0 else value * 5


for start, slope in ((1.0, 3.0), (-1.0, 5.0)):
    leaf = torch.tensor(start, requires_grad=True)
    branch(leaf).backward()
    assert leaf.grad == slope

# Gradients are added; saved tensors are freed; retain_graph keeps them.
y.backward(retain_graph=True)
assert x.grad == 4
y.backward()
assert x.grad == 8
try:
    y.backward()
except RuntimeError as error:
    assert "second time" in str(error)
else:
    raise AssertionError("the graph was still there")

# Only leaves get .grad, unless retain_grad asks for it.
middle = x * 2
kept = x * 2
kept.retain_grad()
(middle + kept).backward()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    assert middle.grad is None
assert kept.grad == 1

# The optimiser's step is not recorded: a leaf stays a leaf; zero_grad sets None.
weight = nn.Parameter(torch.ones(3))
optimizer = torch.optim.SGD([weight], lr=0.1)
weight.sum().backward()
before = weight.detach().clone()
optimizer.step()
assert weight.is_leaf and weight.grad_fn is None
assert torch.allclose(weight, before - 0.1)
optimizer.zero_grad()
assert weight.grad is None

# What cuts a graph: detach, .data, item, NumPy, no_grad, a frozen parameter, one that is not used.
leaf = torch.ones(3, requires_grad=True)
for cut in (leaf.detach(), leaf.data, torch.tensor(leaf.sum().item()), torch.tensor(leaf.tolist())):
    assert cut.grad_fn is None and not cut.requires_grad
with torch.no_grad():
    assert (leaf * 2).grad_fn is None
model = nn.ModuleDict({"used": nn.Linear(2, 2), "unused": nn.Linear(2, 2)})
model["used"].bias.requires_grad_(False)
loss = model["used"](torch.ones(1, 2)).sum()
assert loss.requires_grad and loss.grad_fn is not None
loss.backward()
missing = {name for name, one in model.named_parameters() if one.grad is None}
assert missing == {"used.bias", "unused.weight", "unused.bias"}

# Dead ReLUs: a gradient that is there, and zero. Chains of sigmoids: smaller towards the input.
first = nn.Linear(2, 4)
nn.init.constant_(first.bias, -100.0)
first(torch.ones(1, 2)).relu().sum().backward()
assert first.weight.grad is not None and not first.weight.grad.any()
torch.manual_seed(0)
deep = nn.Sequential(*(m for _ in range(8) for m in (nn.Linear(8, 8), nn.Sigmoid())))
deep(torch.randn(16, 8)).sum().backward()
assert 0 < deep[0].weight.grad.norm() < 1e-3 * deep[-2].weight.grad.norm()

# Hooks: tensors have register_hook, modules register_full_backward_hook.
assert not hasattr(nn.Linear(2, 2), "register_hook")
seen = []
inner = nn.Linear(2, 2)
inner.register_full_backward_hook(lambda module, into, out: seen.append(out[0].shape))
result = inner(torch.ones(3, 2, requires_grad=True))
result.register_hook(lambda gradient: seen.append(gradient.sum().item()))
result.sum().backward()
assert sorted(map(str, seen)) == sorted(["6.0", "torch.Size([3, 2])"])

# An optimiser made before a layer was replaced does not know the new one.
net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=1.0)
net[1] = nn.Linear(2, 1)
start = net[1].weight.detach().clone()
net(torch.ones(4, 2)).sum().backward()
optimizer.step()
assert net[1].weight.grad is not None and torch.equal(net[1].weight, start)
