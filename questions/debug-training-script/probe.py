"""Runs one scene: uses one part of the script and notes what it did.

Most scenes train or evaluate a Witness in place of the script's own model, so that a mistake
in one part does not show in the scene of another.
"""

import weakref

import torch
import torch.nn as nn
import torch.nn.functional as F


class Mark:
    """Kept by a recorded graph: lives exactly as long as that graph does."""


class Witness(nn.Module):
    """A linear classifier that notes in which state it is called, and which graphs live on.

    It answers normalised log-probabilities: cross-entropy and negative log-likelihood are then
    the same number, and either is right.
    """

    def __init__(self, weight, bias):
        super().__init__()
        self.weight = nn.Parameter(weight.clone())
        self.bias = nn.Parameter(bias.clone())
        self.training_modes = []
        self.gradient_modes = []
        self.graphs = weakref.WeakSet()
        self.most_graphs = 0

    def forward(self, inputs):
        self.training_modes.append(self.training)
        self.gradient_modes.append(torch.is_grad_enabled())
        self.most_graphs = max(self.most_graphs, len(self.graphs))
        scores = F.log_softmax(F.linear(inputs, self.weight, self.bias), dim=1)
        if scores.grad_fn is not None:
            mark = Mark()
            self.graphs.add(mark)
            scores.grad_fn.metadata["mark"] = mark
        return scores


def sgd(model, lr):
    """An optimiser over the model's parameters, and a schedule that leaves its rate alone."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    return optimizer, torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)


def witness_of(inputs):
    return Witness(inputs["weight"], inputs["bias"])


def registered(candidate, inputs):
    model = candidate.Classifier(inputs["features"], inputs["hidden"], inputs["classes"])
    return {
        "numbers learned": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "numbers saved": sum(t.numel() for t in model.state_dict().values()),
    }


def one_step(candidate, inputs):
    """The script's own model, one batch, one step: what became of its linear layers."""
    readings, labels = inputs["batch"]
    features, classes = readings.shape[1], inputs["linear"][-1]["bias"].numel()
    hidden = inputs["linear"][0]["bias"].numel()
    model = candidate.Classifier(features, hidden, classes, dropout=0.0).to(readings)
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    for layer, start in zip(layers, inputs["linear"], strict=True):
        with torch.no_grad():
            layer.weight.copy_(start["weight"])
            layer.bias.copy_(start["bias"])
    optimizer, scheduler = sgd(model, lr=1.0)
    candidate.train_one_epoch(model, [(readings, labels)], optimizer, scheduler)
    return {
        f"layer {number}": {"weight": layer.weight.detach(), "bias": layer.bias.detach()}
        for number, layer in enumerate(layers, start=1)
    }


def steps(candidate, inputs):
    model = witness_of(inputs)
    optimizer, scheduler = sgd(model, lr=0.5)
    candidate.train_one_epoch(model, inputs["batches"], optimizer, scheduler)
    return {"weight": model.weight.detach(), "bias": model.bias.detach()}


def training_loss(candidate, inputs):
    model = witness_of(inputs)
    optimizer, scheduler = sgd(model, lr=0.0)
    loss = candidate.train_one_epoch(model, inputs["batches"], optimizer, scheduler)
    loss = torch.as_tensor(loss)
    return {
        "loss": float(loss.detach()),
        "loss requires grad": loss.requires_grad,
        "graphs of earlier batches kept": model.most_graphs > 1,
    }


def pairs(candidate, inputs):
    """Column 0 of the readings numbers the rows, so any order can be undone."""
    readings, labels = unite(batches_of(candidate, inputs, seed=5))
    order = readings[:, 0].argsort()
    return {"inputs": readings[order], "labels": labels[order]}


def orders(candidate, inputs):
    generator = torch.Generator().manual_seed(6)
    first = batches_of(candidate, inputs, generator)
    second = batches_of(candidate, inputs, generator)
    again = batches_of(candidate, inputs, seed=6)
    rows = [unite(batches)[0][:, 0] for batches in (first, second, again)]
    return {
        "batch sizes": sorted(len(labels) for _, labels in first),
        "rows": rows[0].sort().values,
        "shuffled": not torch.equal(rows[0], inputs["inputs"][:, 0]),
        "a new order in the next epoch": not torch.equal(rows[0], rows[1]),
        "the same order from the same seed": torch.equal(rows[0], rows[2]),
    }


def batches_of(candidate, inputs, generator=None, seed=None):
    generator = generator or torch.Generator().manual_seed(seed)
    made = candidate.make_batches(inputs["inputs"], inputs["labels"], inputs["size"], generator)
    return list(made)


def unite(batches):
    return torch.cat([x for x, _ in batches]), torch.cat([y for _, y in batches])


def learning_rates(candidate, inputs):
    """The rate at each optimiser step of a whole fit."""
    model = witness_of(inputs)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, inputs["step_size"], gamma=0.5)
    rates = []
    optimizer.register_step_post_hook(lambda *_: rates.append(optimizer.param_groups[0]["lr"]))
    data = (inputs["inputs"], inputs["labels"])
    candidate.fit(
        model,
        train=data,
        valid=data,
        optimizer=optimizer,
        scheduler=scheduler,
        epochs=inputs["epochs"],
        batch_size=inputs["size"],
        generator=torch.Generator().manual_seed(7),
    )
    return {"rate at each step": rates}


def evaluation_mode(candidate, inputs):
    model = witness_of(inputs).train()
    candidate.evaluate(model, inputs["batches"])
    return {
        "called in training mode": any(model.training_modes),
        "called with gradients recorded": any(model.gradient_modes),
    }


def back_to_training(candidate, inputs):
    model = witness_of(inputs)
    candidate.evaluate(model, inputs["batches"])
    model.training_modes.clear()
    model.gradient_modes.clear()
    candidate.train_one_epoch(model, inputs["batches"], *sgd(model, lr=0.1))
    readings = inputs["readings"]
    classifier = candidate.Classifier(readings.shape[1], 64, 3, dropout=0.5).to(readings).train()
    return {
        "called in training mode": all(model.training_modes),
        "called with gradients recorded": all(model.gradient_modes),
        "dropout at work": not torch.equal(classifier(readings), classifier(readings)),
    }


def measures(candidate, inputs):
    loss, accuracy = candidate.evaluate(witness_of(inputs), inputs["batches"])
    return {"loss": float(loss), "accuracy": float(accuracy)}


SCENES = {
    "registered": registered,
    "one step": one_step,
    "steps": steps,
    "training loss": training_loss,
    "pairs": pairs,
    "orders": orders,
    "learning rates": learning_rates,
    "evaluation mode": evaluation_mode,
    "back to training": back_to_training,
    "measures": measures,
}


def observe(candidate, inputs):
    return SCENES[inputs["scene"]](candidate, inputs)
