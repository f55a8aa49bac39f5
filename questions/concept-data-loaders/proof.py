"""What the answers claim about loaders, as assertions (in one process: slots are small)."""

import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, default_collate, get_worker_info

torch.manual_seed(0)
opened = []


class Scans(Dataset):
    """Reads lazily, and augments at random."""

    def __len__(self):
        return 10

    def __getitem__(self, index):
        opened.append(index)
        return torch.full((2,), float(index)) + torch.rand(2), index


# Lazy: nothing is read before it is asked for, and then a batch at a time.
loader = DataLoader(Scans(), batch_size=4, shuffle=True)
assert not opened and loader.num_workers == 0
batches = iter(loader)
scans, numbers = next(batches)
assert len(opened) == 4 and scans.shape == (4, 2) and numbers.shape == (4,)
assert scans.device.type == "cpu" and get_worker_info() is None

# A new order, and a new augmentation, in each epoch.
epochs = [list(loader) for _ in range(2)]
orders = [torch.cat([numbers for _, numbers in epoch]) for epoch in epochs]
assert not torch.equal(*orders) and torch.equal(orders[0].sort()[0], orders[1].sort()[0])
seen = [
    torch.cat([scans for scans, _ in epoch])[order.argsort()]
    for epoch, order in zip(epochs, orders)
]
assert not torch.equal(*seen)

# Order and batches are the loader's: one data set serves both.
assert torch.equal(torch.cat([n for _, n in DataLoader(Scans(), batch_size=4)]), torch.arange(10))


# A filtering collate_fn: a smaller batch, and an empty one, which the default refuses.
def readable(batch):
    return default_collate([sample for sample in batch if sample is not None])


samples = [torch.zeros(1), None, torch.zeros(1), None, None]
kept = iter(DataLoader(samples, batch_size=3, collate_fn=readable))
assert len(next(kept)) == 2
try:
    next(kept)
except (IndexError, RuntimeError):
    pass
else:
    raise AssertionError("an empty batch was collated")

# Zeros with the label -1: the cross entropy refuses it, indexing takes the last class for it.
logits = torch.randn(2, 3)
try:
    torch.nn.functional.cross_entropy(logits, torch.tensor([0, -1]))
except IndexError:
    pass
else:
    raise AssertionError("-1 was accepted as a class")
assert torch.equal(logits[torch.arange(2), torch.tensor([0, -1])], logits[[0, 1], [0, 2]])

# Padding to a common size, with a mask.
one, other = torch.ones(2, 3), torch.ones(4, 1)
padded = torch.zeros(2, 4, 3)
mask = torch.zeros(2, 4, 3, dtype=torch.bool)
for place, inside, scan in zip(padded, mask, (one, other)):
    place[: scan.shape[0], : scan.shape[1]] = scan
    inside[: scan.shape[0], : scan.shape[1]] = True
assert padded[mask].sum() == one.numel() + other.numel() == padded.sum()


# An endless stream has no length.
class Stream(IterableDataset):
    def __iter__(self):
        yield from range(5)


try:
    len(DataLoader(Stream()))
except TypeError:
    pass
else:
    raise AssertionError("a stream has a length")
assert len(list(DataLoader(Stream(), batch_size=2))) == 3

# The options that the third answer names exist, with these defaults.
assert (loader.pin_memory, loader.persistent_workers, loader.prefetch_factor) == (
    False,
    False,
    None,
)
try:
    DataLoader(Scans(), prefetch_factor=2)
except ValueError as error:
    assert "num_workers" in str(error)
else:
    raise AssertionError("prefetching without workers")
assert DataLoader(Scans(), num_workers=2).prefetch_factor == 2
