# caught by: accuracy-is-the-share-of-right-guesses
# max() gives the values first; the guess is the index.
"""Tell five kinds of machine fault apart by twelve sensor readings.

Run the file: it makes its own data, trains for twelve epochs and prints how it went.
The docstrings say what each part is meant to do. The code does not always do it.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Classifier(nn.Module):
    """Unnormalised class scores (batch, classes) from readings (batch, features).

    Each reading is first multiplied by a gain of its own, learned like every other weight.
    """

    def __init__(self, features, hidden, classes, dropout=0.2):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(features))
        self.body = nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Dropout(dropout))
        self.head = nn.Linear(hidden, classes)

    def forward(self, readings):
        return self.head(self.body(readings * self.gain))


def make_data(samples, features, classes, seed):
    """Readings (samples, features) around one centre per fault, and the faults (samples,)."""
    generator = torch.Generator().manual_seed(seed)
    centres = torch.randn(classes, features, generator=torch.Generator().manual_seed(0))
    labels = torch.randint(classes, (samples,), generator=generator)
    readings = centres[labels] + 0.9 * torch.randn(samples, features, generator=generator)
    return readings, labels


def make_batches(inputs, labels, batch_size, generator):
    """A list of (inputs, labels) batches in an order drawn from `generator`, each sample once.

    The last batch holds what is left and may be smaller.
    """
    order = torch.randperm(len(inputs), generator=generator)
    inputs, labels = inputs[order], labels[order]
    return list(zip(inputs.split(batch_size), labels.split(batch_size), strict=True))


def train_one_epoch(model, batches, optimizer, scheduler):
    """One optimiser step per batch, on the gradient of that batch's mean loss.

    Returns the mean loss over all samples, as a number to keep and print.
    """
    model.train()
    total, samples = 0.0, 0
    for inputs, labels in batches:
        loss = F.cross_entropy(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
        samples += len(labels)
    scheduler.step()
    return total / samples


def evaluate(model, batches):
    """Mean loss and accuracy over all samples.

    The model is judged as it will be used: in evaluation mode, without recording gradients.
    """
    total, correct, samples = 0.0, 0.0, 0
    model.eval()
    with torch.no_grad():
        for inputs, labels in batches:
            scores = model(inputs)
            total += F.cross_entropy(scores, labels).item() * len(labels)
            guesses = scores.max(dim=1)[0]
            correct += (guesses == labels).float().mean().item() * len(labels)
            samples += len(labels)
    return total / samples, correct / samples


def fit(model, train, valid, optimizer, scheduler, epochs, batch_size, generator):
    """Train on one (inputs, labels) pair, validate on another; the schedule counts epochs.

    Returns a list with one dict per epoch.
    """
    history = []
    for _ in range(epochs):
        batches = make_batches(*train, batch_size, generator)
        train_loss = train_one_epoch(model, batches, optimizer, scheduler)
        valid_loss, accuracy = evaluate(model, make_batches(*valid, batch_size, generator))
        history.append({"train": train_loss, "valid": valid_loss, "accuracy": accuracy})
    return history


def main():
    torch.manual_seed(0)
    features, classes = 12, 5
    train = make_data(600, features, classes, seed=1)
    valid = make_data(203, features, classes, seed=2)

    model = Classifier(features, hidden=48, classes=classes)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)
    generator = torch.Generator().manual_seed(3)

    history = fit(model, train, valid, optimizer, scheduler, 12, 32, generator)
    for epoch, row in enumerate(history, start=1):
        print(
            f"epoch {epoch:2d}  train loss {row['train']:.3f}"
            f"  valid loss {row['valid']:.3f}  accuracy {row['accuracy']:.1%}"
        )


if __name__ == "__main__":
    main()
