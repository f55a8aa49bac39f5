"""Every claim of this quiz, as an assertion on the torch that judges it."""

import math
import warnings
import weakref

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

# 1. no_grad changes no mode: dropout drops, batch normalisation goes on learning.
model = nn.Sequential(nn.BatchNorm1d(4), nn.Dropout(0.5))
x = torch.randn(64, 4) + 3
before = model[0].running_mean.clone()
with torch.no_grad():
    assert model.training and model[1].training
    assert (model(x) == 0).any()
    assert not torch.equal(before, model[0].running_mean)
    model.eval()
    kept = model[0].running_mean.clone()
    assert torch.equal(model(x), model(x))
    assert torch.equal(kept, model[0].running_mean)


# 2. A running total with history keeps what every batch saved; items and no_grad do not.
class Box:
    def __init__(self, tensor):
        self.tensor = tensor


def alive_after_three_batches(add):
    alive = weakref.WeakSet()

    def pack(tensor):
        box = Box(tensor.detach())
        alive.add(box)
        return box

    weight = torch.randn(4, 4, requires_grad=True)
    total = 0
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda box: box.tensor):
        for _ in range(3):
            total = add(total, lambda: (torch.randn(2, 4) @ weight).relu().square().sum())
    return len(alive)


def with_history(total, loss):
    return total + loss()


def as_number(total, loss):
    return total + loss().item()


@torch.no_grad()
def without_recording(total, loss):
    return total + loss()


assert alive_after_three_batches(with_history) >= 6
assert alive_after_three_batches(as_number) == 0
assert alive_after_three_batches(without_recording) == 0


# 3. Modules in a list are not registered; the forward pass works; ModuleList mends it.
class Stack(nn.Module):
    def __init__(self, width, depth, container):
        super().__init__()
        self.layers = container(nn.Linear(width, width) for _ in range(depth))

    def forward(self, x):
        for layer in self.layers:
            x = layer(x).relu()
        return x


stack = Stack(4, 3, list)
assert stack(torch.randn(2, 4)).shape == (2, 4)
assert not list(stack.parameters())
assert not stack.state_dict()
assert stack.to("meta").layers[0].weight.device.type == "cpu"
registered = Stack(4, 3, nn.ModuleList)
assert len(list(registered.parameters())) == len(registered.state_dict()) == 6
assert registered.to("meta").layers[0].weight.device.type == "meta"

# 4. Softmax before the loss: certain and right is still 1.46; softmax is not idempotent.
certain = F.one_hot(torch.arange(10), 10).float()
least = math.log(math.e + 9) - 1
assert math.isclose(F.cross_entropy(certain, torch.arange(10)).item(), least, rel_tol=1e-5)
assert round(least, 2) == 1.46
assert F.cross_entropy(100 * certain, torch.arange(10)) < 1e-6
assert not torch.allclose(certain.softmax(1), certain)
logits = torch.randn(5, 10)
assert torch.allclose(logits.log_softmax(1).softmax(1), logits.softmax(1), atol=1e-6)
assert torch.isfinite(F.cross_entropy(torch.full((1, 10), 1e30), torch.tensor([3])))


# 5. Accumulation: a quarter of each mean; the others are something else.
def gradient(losses):
    weight = torch.linspace(-1, 1, 3, dtype=torch.float64, requires_grad=True)
    losses(weight)
    return weight.grad


data = torch.randn(32, 3, dtype=torch.float64)
truth = torch.randn(32, dtype=torch.float64)


def mse(weight, rows):
    return F.mse_loss(data[rows] @ weight, truth[rows])


PARTS = [slice(start, start + 8) for start in range(0, 32, 8)]
whole = gradient(lambda w: mse(w, slice(None)).backward())
quarters = gradient(lambda w: [(mse(w, rows) / 4).backward() for rows in PARTS])
undivided = gradient(lambda w: [mse(w, rows).backward() for rows in PARTS])
last_only = gradient(lambda w: (mse(w, PARTS[-1]) / 4).backward())
assert torch.allclose(whole, quarters)
assert torch.allclose(4 * whole, undivided)
assert not torch.allclose(whole, last_only)
start = torch.linspace(-1, 1, 3, dtype=torch.float64)
small = start.clone()
for rows in PARTS:
    moving = small.clone().requires_grad_()
    mse(moving, rows).backward()
    small = small - 0.1 / 4 * moving.grad
assert not torch.allclose(small, start - 0.1 * whole)

# 6. What shares memory with an array of float64.
a = np.zeros(3)
shared, maybe = torch.from_numpy(a), torch.as_tensor(a)
copied, converted = torch.tensor(a), torch.as_tensor(a, dtype=torch.float32)
a[0] = 5
assert (shared[0], maybe[0], copied[0], converted[0]) == (5, 5, 0, 0)

# 7. Gradients carry the scale until they are unscaled; step does not unscale a second time.
layer = nn.Linear(2, 1, bias=False)
optimizer = torch.optim.SGD(layer.parameters(), lr=1.0)
scaler = torch.amp.GradScaler("cpu", init_scale=65536.0)
start = layer.weight.detach().clone()
scaler.scale(layer(torch.ones(4, 2)).mean()).backward()
assert torch.equal(layer.weight.grad, torch.full((1, 2), 65536.0))
scaler.unscale_(optimizer)
assert torch.equal(layer.weight.grad, torch.ones(1, 2))
assert torch.isclose(nn.utils.clip_grad_norm_(layer.parameters(), 1.0), torch.tensor(2.0).sqrt())
scaler.step(optimizer)
assert torch.allclose(layer.weight, start - 2**-0.5, atol=1e-4)
assert torch.amp.GradScaler("cpu").get_scale() == 65536.0

# 8. Functional dropout drops unless it is told not to, and scales what it keeps.
ones = torch.ones(1000)
assert set(F.dropout(ones, 0.5).tolist()) == {0.0, 2.0}
assert torch.equal(F.dropout(ones, 0.5, training=False), ones)
assert torch.equal(nn.Dropout(0.5).eval()(ones), ones)

# 9. (64, 1) against (64,): all pairs, and a warning. Others refuse.
prediction, target = torch.randn(64, 1), torch.randn(64)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    value = nn.MSELoss()(prediction, target)
assert any("size" in str(one.message) for one in caught)
assert value.shape == ()
assert torch.isclose(value, (prediction - target[None, :]).square().mean())
assert not torch.isclose(value, (prediction[:, 0] - target).square().mean())
for strict in (F.binary_cross_entropy, F.cross_entropy):
    try:
        strict(prediction.sigmoid(), target.sigmoid())
    except (ValueError, RuntimeError):
        continue
    raise AssertionError(f"{strict.__name__} takes them")
# With all pairs, the best constant and the best prediction are the same: the mean.
free = target[:, None].clone().requires_grad_()
(free - target).square().mean().backward()
assert torch.allclose(free.grad[:, 0], 2 * (free.detach()[:, 0] - target.mean()) / 64, atol=1e-6)
