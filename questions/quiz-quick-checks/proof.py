"""Every claim of this quiz, as an assertion on the torch that judges it."""

import io
import pickle
import warnings
import weakref

import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)


def warned(call, *arguments, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = call(*arguments, **options)
    return result, " ".join(str(one.message) for one in caught)


# 1. None means cut off; vanished gradients are there, and small.
class Model(nn.Module):
    def __init__(self, between):
        super().__init__()
        self.stem, self.head, self.between = nn.Linear(3, 3), nn.Linear(3, 1), between

    def forward(self, x):
        return self.head(self.between(self, x))


def stem_gradient(between, frozen=False):
    model = Model(between)
    model.stem.requires_grad_(not frozen)
    model(torch.randn(5, 3)).sum().backward()
    assert model.head.weight.grad is not None
    return model.stem.weight.grad


assert stem_gradient(lambda model, x: model.stem(x)) is not None
assert stem_gradient(lambda model, x: model.stem(x).detach()) is None
assert stem_gradient(lambda model, x: model.stem(x), frozen=True) is None
assert stem_gradient(lambda model, x: x) is None
assert not stem_gradient(lambda model, x: model.stem(x) * 1e-60).any()

# 2. Sequential: one argument, one path; any number of layers.
stack = nn.Sequential(*(nn.Linear(3, 3) for _ in range(7)))
assert len(stack) == 7 and stack(torch.randn(2, 3)).shape == (2, 3)
try:
    stack(torch.randn(2, 3), torch.randn(2, 3))
except TypeError:
    pass
else:
    raise AssertionError("Sequential took two inputs")

# 3. A pickled module is refused by default; a state_dict is not; the mode is kept.
file = io.BytesIO()
torch.save(nn.Linear(2, 2), file)
file.seek(0)
try:
    torch.load(file)
except pickle.UnpicklingError:
    file.seek(0)
else:
    raise AssertionError("a module was loaded")
assert torch.load(file, weights_only=False).training
file = io.BytesIO()
torch.save(nn.Linear(2, 2).state_dict(), file)
file.seek(0)
assert set(torch.load(file)) == {"weight", "bias"}

# 4. Variable is a tensor; volatile warns and does nothing.
images, layer = torch.ones(2, 2), nn.Linear(2, 2)
old, said = warned(torch.autograd.Variable, images, volatile=True)
assert type(old) is torch.Tensor and "volatile" in said
assert layer(old).requires_grad
assert layer(images.requires_grad_(False)).requires_grad
with torch.no_grad():
    x = images
    assert not layer(images).requires_grad
assert layer(x).requires_grad

# 5. The default collation stacks, so sizes must agree; a collate_fn pads.
sizes = [torch.ones(3, 4, 5), torch.ones(3, 6, 2)]
for options in ({}, {"drop_last": True}):
    try:
        list(DataLoader(sizes, batch_size=2, **options))
    except RuntimeError as error:
        assert "stack" in str(error)
    else:
        raise AssertionError("images of two sizes were stacked")


def pad(images):
    height, width = (max(image.shape[dim] for image in images) for dim in (1, 2))
    batch = images[0].new_zeros(len(images), 3, height, width)
    for place, image in zip(batch, images, strict=True):
        place[:, : image.shape[1], : image.shape[2]] = image
    return batch, torch.tensor([image.shape[1:] for image in images])


((batch, original),) = DataLoader(sizes, batch_size=2, collate_fn=pad)
assert batch.shape == (2, 3, 6, 5) and original.tolist() == [[4, 5], [6, 2]]
assert batch.sum() == 3 * (4 * 5 + 6 * 2)


# 6. Export refuses a branch on data, torch.cond expresses it, trace freezes it;
# TorchScript is deprecated.
class Branch(nn.Module):
    def forward(self, x):
        if x.sum() > 0:
            return x + 1
        return x - 1


class Cond(nn.Module):
    def forward(self, x):
        return torch.cond(x.sum() > 0, lambda x: x + 1, lambda x: x - 1, (x,))


positive, negative = torch.ones(3), -torch.ones(3)
try:
    torch.export.export(Branch(), (positive,))
except Exception as error:
    assert "data-dependent" in str(error)
else:
    raise AssertionError("the branch was exported")
exported = torch.export.export(Cond(), (positive,)).module()
assert torch.equal(exported(positive), positive + 1)
assert torch.equal(exported(negative), negative - 1)
traced, said = warned(torch.jit.trace, Branch(), positive)
assert "deprecated" in said and "Python boolean" in said
assert torch.equal(traced(negative), negative + 1)
scripted, said = warned(torch.jit.script, Branch())
assert "deprecated" in said and "torch.export" in said
assert torch.equal(scripted(negative), negative - 1)
assert all(isinstance(one, torch.Tensor) for one in nn.Linear(2, 2).state_dict().values())

# 7. The mean of four means of 8 has the gradient of the mean of 32 (what an all-reduce averages).
data, weight = torch.randn(32, 3), torch.randn(3, requires_grad=True)


def gradient(rows):
    (found,) = torch.autograd.grad((data[rows] @ weight).square().mean(), weight)
    return found


parts = [gradient(slice(start, start + 8)) for start in range(0, 32, 8)]
assert torch.allclose(torch.stack(parts).mean(0), gradient(slice(None)), atol=1e-6)
assert not torch.allclose(torch.stack(parts).sum(0), gradient(slice(None)), atol=1e-3)

# 8. Who sees what: forward hooks both sides; modules have no register_hook.
seen = []
layer = nn.Linear(3, 2)
handle = layer.register_forward_hook(lambda m, i, o: seen.append((i[0].shape, o.shape)))
pre = layer.register_forward_pre_hook(lambda m, i: seen.append(len(i)))
layer(torch.ones(5, 3))
assert seen == [1, ((5, 3), (5, 2))]
handle.remove()
pre.remove()
layer(torch.ones(5, 3))
assert len(seen) == 2
handle = layer.register_forward_hook(lambda m, i, o: o * 0)
assert not layer(torch.ones(5, 3)).any()
assert not hasattr(layer, "register_hook") and hasattr(torch.ones(1), "register_hook")
assert hasattr(layer, "register_full_backward_hook")

# 9. Batch normalisation: the batch in training, the running statistics in evaluation.
norm, x = nn.BatchNorm2d(3), torch.randn(4, 3, 5, 5) * 2 + 7
with torch.no_grad():
    assert norm(x).mean().abs() < 1e-5
    norm.eval()
    assert norm(x).mean() > 1
    assert torch.allclose(norm(x)[:1], norm(x[:1]), atol=1e-5)
    untracked = nn.BatchNorm2d(3, track_running_stats=False).eval()
    assert untracked.running_mean is None and untracked(x).mean().abs() < 1e-5
    try:
        nn.BatchNorm2d(3)(torch.randn(1, 3, 1, 1))
    except ValueError:
        pass
    else:
        raise AssertionError("one value a channel was accepted")

# 10. apply ignores what the function returns; the parent can replace.
model = nn.Sequential(nn.ReLU(), nn.Sequential(nn.Linear(2, 2), nn.ReLU()))
same = model.apply(lambda m: nn.LeakyReLU() if isinstance(m, nn.ReLU) else m)
assert same is model
assert sum(isinstance(m, nn.ReLU) for m in model.modules()) == 2


def leaky(module):
    for name, child in list(module.named_children()):
        if isinstance(child, nn.ReLU):
            setattr(module, name, nn.LeakyReLU())


model.apply(leaky)
assert not any(isinstance(m, nn.ReLU) for m in model.modules())
assert sum(isinstance(m, nn.LeakyReLU) for m in model.modules()) == 2

# 11. What moves, what is saved, what is a parameter.
module, table = nn.Module(), torch.ones(3)
module.register_buffer("passing", table.clone(), persistent=False)
module.register_buffer("saved", table.clone())
module.frozen = nn.Parameter(table.clone(), requires_grad=False)
module.plain = table.clone()
module.to(torch.float64)
assert set(module.state_dict()) == {"saved", "frozen"}
assert [name for name, _ in module.named_parameters()] == ["frozen"]
assert module.passing.dtype == module.saved.dtype == module.frozen.dtype == torch.float64
assert module.plain.dtype == torch.float32
module.to("meta")
assert module.passing.device.type == "meta" and module.plain.device.type == "cpu"


# 12. Stored outputs hold their graph in eval() too; detached ones do not.
class Box:
    def __init__(self, tensor):
        self.tensor = tensor


def saved_by(keep):
    alive, kept = weakref.WeakSet(), []

    def pack(tensor):
        box = Box(tensor.detach())
        alive.add(box)
        return box

    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Conv2d(2, 1, 3)).eval()
    net[2].register_forward_hook(lambda m, i, o: kept.append(keep(o)))
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda box: box.tensor):
        for _ in range(5):
            net(torch.randn(1, 1, 8, 8))
    return len(alive)


assert saved_by(lambda output: output) >= 5 * 3
assert saved_by(lambda output: output.detach().cpu()) == 0
