import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 2
y.add_(1)

apart = x.detach()
apart[0] = 10.0

with torch.no_grad():
    z = x * 3

loss = (y * y).sum()
loss.backward()
(x * 5).sum().backward()

a = torch.tensor(3.0, requires_grad=True)
(a.detach() * a).backward()
