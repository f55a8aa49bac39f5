"""What the three answers claim about modules, as assertions."""

from collections import OrderedDict

import torch
from torch import nn

torch.manual_seed(0)

# Sequential is a Module that calls its children in order; its names are positions.
first, second = nn.Linear(3, 4), nn.Linear(4, 2)
stack, x = nn.Sequential(first, nn.ReLU(), second), torch.randn(5, 3)
assert isinstance(stack, nn.Module)
assert torch.equal(stack(x), second(first(x).relu()))
assert set(stack.state_dict()) == {"0.weight", "0.bias", "2.weight", "2.bias"}
stack.insert(1, nn.LayerNorm(4))
assert "3.weight" in stack.state_dict()
named = nn.Sequential(OrderedDict(enter=first, act=nn.ReLU(), leave=second))
assert set(named.state_dict()) == {"enter.weight", "enter.bias", "leave.weight", "leave.bias"}


class Residual(nn.Module):
    """What Sequential cannot do, around one that does the straight part."""

    def __init__(self, width):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(width, width), nn.ReLU())

    def forward(self, x):
        return x + self.body(x)


assert Residual(3)(x).shape == x.shape
assert len(list(nn.Sequential(Residual(3), Residual(3)).parameters())) == 4


# Trained, moved, saved: each kind of tensor.
class Kinds(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2))
        self.frozen = nn.Parameter(torch.ones(2), requires_grad=False)
        self.register_buffer("mask", torch.ones(2))
        self.register_buffer("table", torch.ones(2), persistent=False)
        self.plain = torch.ones(2)
        self.raw = torch.ones(2, requires_grad=True)

    def forward(self, x):
        return x * self.weight * self.frozen * self.mask * self.table * self.plain * self.raw


kinds = Kinds()
assert {name for name, _ in kinds.named_parameters()} == {"weight", "frozen"}
assert set(kinds.state_dict()) == {"weight", "frozen", "mask"}
optimizer = torch.optim.SGD(kinds.parameters(), lr=0.1)
kinds(torch.ones(2)).sum().backward()
optimizer.step()
assert (kinds.weight != 1).all() and (kinds.raw == 1).all() and (kinds.frozen == 1).all()
assert kinds.raw.grad is not None
kinds.to("meta")
moved = {
    name
    for name in ("weight", "frozen", "mask", "table", "plain", "raw")
    if getattr(kinds, name).device.type == "meta"
}
assert moved == {"weight", "frozen", "mask", "table"}
assert {"running_mean", "running_var"} <= {name for name, _ in nn.BatchNorm1d(2).named_buffers()}

# model(x) runs hooks, forward alone does not; both compute and record the same.
called = []
layer = nn.Linear(3, 2)
layer.register_forward_pre_hook(lambda module, inputs: called.append("before"))
layer.register_forward_hook(lambda module, inputs, output: called.append("after"))
by_call = layer(x)
assert called == ["before", "after"]
directly = layer.forward(x)
assert called == ["before", "after"]
assert torch.equal(by_call, directly) and directly.requires_grad

# eval sets a flag on every submodule, and a layer has to read it.
deep = nn.Sequential(nn.Sequential(nn.Dropout(0.5)), nn.Linear(2, 2))
deep.eval()
assert not any(module.training for module in deep.modules())
deep.train()
assert all(module.training for module in deep.modules())


# Lists and dicts hide modules; ModuleList and ModuleDict do not. super().__init__() comes first.
class Holder(nn.Module):
    def __init__(self, held):
        super().__init__()
        self.held = held


layers = [nn.Linear(2, 2)]
assert not list(Holder(layers).parameters())
assert not list(Holder({"a": layers[0]}).parameters())
assert len(list(Holder(nn.ModuleList(layers)).parameters())) == 2
assert len(list(Holder(nn.ModuleDict({"a": layers[0]})).parameters())) == 2


class Early(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(2, 2)


try:
    Early()
except AttributeError as error:
    assert "__init__" in str(error)
else:
    raise AssertionError("a module was assigned before nn.Module was set up")
