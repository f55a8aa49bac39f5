"""Every claim of this quiz, as an assertion on the torch that judges it."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)


def raises(kind, call, *arguments):
    try:
        call(*arguments)
    except kind as error:
        return str(error)
    raise AssertionError("nothing was raised")


# 1. Dtypes.
assert torch.zeros(3).dtype == torch.tensor([1, 2.5]).dtype == torch.float32
assert torch.arange(3).dtype == torch.tensor([1, 2]).dtype == torch.int64
assert torch.arange(3.0).dtype == torch.float32
assert torch.from_numpy(np.zeros(3)).dtype == torch.float64

# 2. A dimension to the front, then merge.
x = torch.arange(24).view(2, 3, 4)
wanted = torch.stack([x[:, j, :].flatten() for j in range(3)])
assert torch.equal(x.transpose(0, 1).reshape(3, 8), wanted)
assert torch.equal(x.permute(1, 0, 2).flatten(1), wanted)
raises(RuntimeError, lambda: x.transpose(0, 1).view(3, 8))
assert not torch.equal(x.reshape(3, 8), wanted)

# 3. Two passes: 14. Cleared in between: 7. The value is 11.
x = torch.tensor(2.0, requires_grad=True)
for _ in range(2):
    y = x**2 + 3 * x + 1
    y.backward()
assert str(x.grad) == "tensor(14.)" and y == 11
x.grad = None
(x**2 + 3 * x + 1).backward()
assert x.grad == 7


# 4. Another example, another graph.
def depth(node):
    return 1 + max((depth(after) for after, _ in node.next_functions if after), default=0)


def halved(value):
    while value > 1:
        value = value / 2
    return value * 2


shallow = halved(torch.tensor(1.5, requires_grad=True))
deep = halved(torch.tensor(9.0, requires_grad=True))
assert depth(shallow.grad_fn) < depth(deep.grad_fn)

# 5. Parameters of a convolution.
conv = nn.Conv2d(3, 16, kernel_size=3, padding=1)
assert sum(one.numel() for one in conv.parameters()) == 16 * 3 * 3 * 3 + 16 == 448
assert nn.Conv2d(3, 16, 3, padding=1, bias=False).weight.numel() == 432
assert 16 * 3 * 3 + 16 == 160
assert conv(torch.ones(1, 3, 5, 7)).shape == (1, 16, 5, 7)


# 6. Without super().__init__() a module cannot be assigned; without forward it is made.
class Net(nn.Module):
    def __init__(self):
        self.fc = nn.Linear(4, 2)


class NoForward(nn.Module):
    pass


assert "Module.__init__()" in raises(AttributeError, Net)
raises(NotImplementedError, NoForward(), torch.ones(1))

# 7. Targets of the cross entropy.
loss, logits, classes = nn.CrossEntropyLoss(), torch.randn(32, 10), torch.randint(10, (32,))
one_hot = nn.functional.one_hot(classes, 10)
assert one_hot.dtype == torch.int64
assert torch.allclose(loss(logits, classes), loss(logits, one_hot.float()), atol=1e-6)
raises(RuntimeError, loss, logits, one_hot)
raises(RuntimeError, loss, logits, classes[:, None])


# 8. The order of a step: old gradients must be gone before backward, new ones there at step.
def after(order):
    weight = nn.Parameter(torch.tensor(3.0))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    weight.grad = torch.tensor(100.0)
    state = {}
    actions = {
        "zero_grad": optimizer.zero_grad,
        "forward": lambda: state.update(output=weight * 2),
        "loss": lambda: state.update(loss=state["output"] ** 2),
        "backward": lambda: state["loss"].backward(),
        "step": optimizer.step,
    }
    for action in order.split(", "):
        actions[action]()
    return weight.item()


right = after("zero_grad, forward, loss, backward, step")
assert np.isclose(right, 3 - 0.1 * 24)
assert right == after("forward, loss, zero_grad, backward, step")
assert after("forward, loss, backward, zero_grad, step") == 3.0
assert after("zero_grad, forward, loss, step, backward") == 3.0

# 9. The state of Adam, and of plain SGD; buffers are in the model's state_dict.
layer = nn.Linear(2, 1)
for make, kept in ((torch.optim.Adam, {"step", "exp_avg", "exp_avg_sq"}), (torch.optim.SGD, set())):
    optimizer = make(layer.parameters(), lr=0.1)
    layer(torch.ones(3, 2)).sum().backward()
    optimizer.step()
    state = optimizer.state_dict()["state"].get(0, {})
    assert {name for name, value in state.items() if value is not None} == kept
assert "running_mean" in nn.BatchNorm1d(3).state_dict()

# 10. An epoch of 100 in batches of 32.
loader = DataLoader(torch.arange(100), batch_size=32, shuffle=True)
first, second = list(loader), list(loader)
assert [len(batch) for batch in first] == [32, 32, 32, 4]
assert sorted(torch.cat(first).tolist()) == list(range(100))
assert not torch.equal(torch.cat(first), torch.cat(second))
assert loader.num_workers == 0
assert len(list(DataLoader(torch.arange(100), batch_size=32, drop_last=True))) == 3
