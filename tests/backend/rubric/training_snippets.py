"""The loop of training, and evaluation."""

HITS = {
    "step-before-backward": [
        """
        def fit(model, batches, optimizer):
            for x in batches:
                optimizer.zero_grad()
                loss = model(x).sum()
                optimizer.step()  #!
                loss.backward()
        """,
    ],
    "scheduler-before-optimiser": [
        """
        def fit(model, batches, optimizer, scheduler):
            for x in batches:
                optimizer.zero_grad()
                model(x).sum().backward()
                scheduler.step()  #!
                optimizer.step()
        """,
        """
        def fit(model, batches):
            adam = torch.optim.Adam(model.parameters())
            rates = torch.optim.lr_scheduler.StepLR(adam, 3)
            for x in batches:
                rates.step()  #!
                adam.zero_grad()
                model(x).sum().backward()
                adam.step()
        """,
    ],
    "clipped-too-late": [
        """
        def fit(model, batches, optimizer):
            for x in batches:
                optimizer.zero_grad()
                model(x).sum().backward()
                optimizer.step()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)  #!
        """,
        """
        from torch.nn.utils import clip_grad_norm_

        def fit(model, batches, optimizer):
            for x in batches:
                optimizer.zero_grad()
                clip_grad_norm_(model.parameters(), 1.0)  #!
                model(x).sum().backward()
                optimizer.step()
        """,
    ],
    "clipped-scaled": [
        """
        def fit(model, batches, optimizer, scaler):
            for x in batches:
                optimizer.zero_grad()
                scaler.scale(model(x).sum()).backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)  #!
                scaler.step(optimizer)
                scaler.update()
        """,
    ],
    "no-clipping": [
        """
        class Tagger(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.body = nn.LSTM(n, n)

        def fit(model, batches, optimizer):
            for x in batches:
                optimizer.zero_grad()
                model(x).sum().backward()
                optimizer.step()  #!
        """,
    ],
    "unscaled-accumulation": [
        """
        def fit(model, batches, optimizer, every):
            for i, (x, y) in enumerate(batches):
                loss = F.mse_loss(model(x), y)
                loss.backward()  #!
                if (i + 1) % every == 0:
                    optimizer.step()
                    optimizer.zero_grad()
        """,
    ],
    "loss-kept-with-graph": [
        """
        def fit(model, batches, optimizer):
            total, losses = 0.0, []
            for x, y in batches:
                optimizer.zero_grad()
                loss = F.mse_loss(model(x), y)
                loss.backward()
                optimizer.step()
                total += loss * len(x)  #!
                losses.append(loss)  #!
            return total, losses
        """,
        """
        def fit(model, batches, optimizer):
            total = 0
            for x, y in batches:
                optimizer.zero_grad()
                loss = F.mse_loss(model(x), y)
                loss.backward()
                optimizer.step()
                total = total + loss  #!
            return total.item()
        """,
    ],
    "eval-without-eval-mode": [
        """
        @torch.no_grad()
        def evaluate(model, batches):  #!
            return [model(x) for x in batches]
        """,
    ],
    "stays-in-eval-mode": [
        """
        def fit(model, epochs, batches, optimizer):
            model.train()
            for _ in range(epochs):
                for x in batches:
                    optimizer.zero_grad()
                    model(x).sum().backward()
                    optimizer.step()
                model.eval()  #!
                with torch.no_grad():
                    print(model(x))
        """,
        """
        def evaluate(model, batches):
            model.eval()
            with torch.no_grad():
                return [model(x) for x in batches]

        def fit(model, epochs, batches, optimizer):
            for _ in range(epochs):
                for x in batches:
                    optimizer.zero_grad()
                    model(x).sum().backward()
                    optimizer.step()
                evaluate(model, batches)  #!
        """,
    ],
    "evaluates-well": [
        """
        @torch.no_grad()
        def evaluate(model, batches):  #!
            model.eval()
            return [model(x) for x in batches]
        """,
    ],
    "gradients-clipped": [
        """
        def fit(model, batches, optimizer):
            for x in batches:
                optimizer.zero_grad()
                model(x).sum().backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)  #!
                optimizer.step()
        """,
    ],
    "restores-mode": [
        """
        def evaluate(model, batches):
            was_training = model.training
            model.eval()
            model.train(was_training)  #!
        """,
    ],
    "saves-checkpoint": [
        """
        def save(path, model, optimizer):
            torch.save({"model": model.state_dict(), "opt": optimizer.state_dict()}, path)  #!
        """,
        """
        def save(path, model, optimizer):
            state = {"model": model.state_dict(), "opt": optimizer.state_dict()}
            torch.save(state, path)  #!
        """,
    ],
}

_GOOD_LOOP = """
def fit(model, batches, optimizer, scheduler):
    for x, y in batches:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
"""

MISSES = {
    "step-before-backward": [
        _GOOD_LOOP,
        # Delayed on purpose: steps on what the turn before left, and once more at the end.
        """
        def fit(model, batches, optimizer):
            for i, x in enumerate(batches):
                if i:
                    optimizer.step()
                model(x).sum().backward()
        """,
        """
        def both(model, x, generator_opt, critic_opt):
            model(x).sum().backward()
            critic_opt.step()
            model(x).mean().backward()
            generator_opt.step()
        """,
    ],
    "scheduler-before-optimiser": [
        _GOOD_LOOP,
        """
        def fit(model, epochs, batches, optimizer, scheduler):
            for _ in range(epochs):
                scheduler.step()
                for x in batches:
                    optimizer.zero_grad()
                    model(x).sum().backward()
                    optimizer.step()
        """,
    ],
    "clipped-too-late": [
        _GOOD_LOOP,
        """
        def fit(model, batches, optimizer, every):
            for i, x in enumerate(batches):
                (model(x).sum() / every).backward()
                if i % every == 0:
                    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                    optimizer.step()
                    optimizer.zero_grad()
        """,
    ],
    "clipped-scaled": [
        """
        def fit(model, batches, optimizer, scaler):
            for x in batches:
                optimizer.zero_grad()
                scaler.scale(model(x).sum()).backward()
                scaler.unscale_(optimizer)
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                scaler.step(optimizer)
                scaler.update()
        """,
        _GOOD_LOOP,
    ],
    "no-clipping": [
        """
        class Net(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.head = nn.Linear(n, n)

        def fit(model, batches, optimizer):
            for x in batches:
                optimizer.zero_grad()
                model(x).sum().backward()
                optimizer.step()
        """,
        "class Rnn(nn.Module):\n    pass\n" + _GOOD_LOOP,
        """
        class Rnn(nn.Module):
            pass

        def fit(model, batches, optimizer):
            for x in batches:
                optimizer.zero_grad()
                model(x).sum().backward()
                for p in model.parameters():
                    p.grad.clamp_(-1, 1)
                optimizer.step()
        """,
    ],
    "unscaled-accumulation": [
        """
        def fit(model, batches, optimizer, every):
            for i, (x, y) in enumerate(batches):
                loss = F.mse_loss(model(x), y) / every
                loss.backward()
                if (i + 1) % every == 0:
                    optimizer.step()
        """,
        """
        def fit(model, batches, optimizer, every):
            for i, (x, y) in enumerate(batches):
                loss = F.mse_loss(model(x), y)
                (loss / every).backward()
                if (i + 1) % every == 0:
                    optimizer.step()
        """,
        """
        def fit(model, batches, optimizer, every):
            for i, (x, y) in enumerate(batches):
                loss = F.mse_loss(model(x), y)
                loss.backward()
                if (i + 1) % every == 0:
                    for p in model.parameters():
                        p.grad.div_(every)
                    optimizer.step()
        """,
        """
        def fit(model, batches, optimizer, every):
            for i, (x, y) in enumerate(batches):
                loss = F.mse_loss(model(x), y)
                loss.backward()
                optimizer.step()
                if (i + 1) % every == 0:
                    print(i)
        """,
    ],
    "loss-kept-with-graph": [
        """
        def fit(model, batches, optimizer):
            total, losses = 0.0, []
            for x, y in batches:
                optimizer.zero_grad()
                loss = F.mse_loss(model(x), y)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(x)
                total += float(loss)
                total = total + loss.detach()
                losses.append(loss.item())
        """,
        # Added up on purpose, for one backward pass.
        """
        def fit(model, groups, optimizer):
            for group in groups:
                total = 0
                for x, y in group:
                    total += F.mse_loss(model(x), y)
                optimizer.zero_grad()
                total.backward()
                optimizer.step()
        """,
        """
        def fit(model, batches, optimizer):
            total = 0
            for x, y in batches:
                loss = F.mse_loss(model(x), y)
                loss.backward()
                loss = loss.item()
                total += loss
        """,
        """
        def evaluate(model, batches):
            total = 0
            with torch.no_grad():
                for x, y in batches:
                    loss = F.mse_loss(model(x), y)
                    total += loss
            return total
        """,
    ],
    "eval-without-eval-mode": [
        """
        @torch.no_grad()
        def evaluate(model, batches):
            model.train(False)
            return [model(x) for x in batches]
        """,
        """
        @torch.no_grad()
        def evaluate(model, batches):
            return [model(x) for x in batches]

        def fit(model, batches):
            model.eval()
            evaluate(model, batches)
        """,
        """
        def evaluate(scores, labels):
            return (scores.argmax(1) == labels).float().mean()
        """,
    ],
    "stays-in-eval-mode": [
        """
        def fit(model, epochs, batches, optimizer):
            for _ in range(epochs):
                model.train()
                for x in batches:
                    optimizer.zero_grad()
                    model(x).sum().backward()
                    optimizer.step()
                model.eval()
        """,
        """
        def train_one_epoch(model, batches, optimizer):
            model.train()
            for x in batches:
                optimizer.zero_grad()
                model(x).sum().backward()
                optimizer.step()

        def fit(model, epochs, batches, optimizer):
            for _ in range(epochs):
                train_one_epoch(model, batches, optimizer)
                model.eval()
        """,
        """
        def fit(model, batches, optimizer):
            for x in batches:
                optimizer.zero_grad()
                model(x).sum().backward()
                optimizer.step()
            model.eval()
        """,
    ],
    "evaluates-well": [
        """
        @torch.no_grad()
        def evaluate(model, batches):
            return [model(x) for x in batches]
        """,
        """
        def evaluate(model, batches):
            model.eval()
            return [model(x) for x in batches]
        """,
    ],
    "gradients-clipped": [
        """
        def fit(model, batches, optimizer):
            for x in batches:
                model(x).sum().backward()
                optimizer.step()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        """,
        """
        def fit(model, batches, optimizer):
            for x in batches:
                model(x).clip(0, 1).sum().backward()
                optimizer.step()
        """,
    ],
    "restores-mode": [
        """
        def evaluate(model, batches):
            model.eval()
            model.train()
        """,
        """
        def switch(model, mode):
            model.train(mode)
        """,
    ],
    "saves-checkpoint": [
        """
        def save(path, model):
            torch.save(model.state_dict(), path)
        """,
        """
        def save(path, model, optimizer):
            torch.save(model, path)
        """,
    ],
}
