import torch

x = torch.arange(12)
grid = x.view(3, 4)
turned = grid.t()
flat = turned.reshape(-1)

grid[0, 1] = 100
flat[0] = -7

column = grid[:, 2]
wide = torch.ones(3, 1).expand(3, 5)
