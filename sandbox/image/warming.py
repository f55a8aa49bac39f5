"""Pays the costs of first operations before a job is there to wait for them."""

from __future__ import annotations

import copy
import os
import tempfile
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

from sandbox import trees


def warm(device: str) -> None:
    """Initialise `device`, then run one of each common operation on it."""
    initialise = INITIALISE.get(device) or INITIALISE.get(device.partition(":")[0])
    if initialise is not None:
        initialise()
    x = torch.ones(2, 3, 6, 6, device=device, requires_grad=True)
    weight = torch.ones(3, 3, 3, 3, device=device)
    y = functional.batch_norm(functional.conv2d(x, weight), None, None, training=True)
    z = functional.layer_norm(y.flatten(1) @ torch.ones(48, 5, device=device), (5,))
    loss = functional.cross_entropy(z.softmax(-1), torch.zeros(2, dtype=torch.long, device=device))
    torch.autograd.backward(loss)
    # A process's first optimiser imports torch._dynamo: 75 MB and 1.5 s or more, of which no job
    # should hear. In the zygote it costs each fork 2 ms, which no job waits for. The import makes
    # a folder for its cache, which would be found as left behind by the first job.
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", tempfile.gettempdir())
    torch.optim.SGD([weight.requires_grad_()], lr=0.0)
    _warm_modules(device)


def _warm_modules(device: str) -> None:
    """What nearly every job does once more: make modules, copy them, differentiate, hand out."""
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU()).to(device)
    twin = copy.deepcopy(model).eval()
    x = torch.ones(2, 3, 6, 6, device=device, requires_grad=True)
    (grad,) = torch.autograd.grad(twin(x).sum(), x)
    tree = {"output": grad, "state": dict(model.state_dict()), "values": [1, 1.5, True, None]}
    trees.checksums(trees.decode(trees.encode(tree)))


def _initialise_cuda() -> None:
    torch.ones(1, device="cuda")  # creates the context
    torch.cuda.synchronize()


# By device ("cuda:1") or its type ("cuda"). A spare child calls it, never the zygote: a CUDA
# context does not survive a fork.
INITIALISE: dict[str, Callable[[], None]] = {"cuda": _initialise_cuda}
