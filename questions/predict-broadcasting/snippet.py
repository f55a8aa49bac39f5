import torch

rows = torch.tensor([[1.0], [2.0], [3.0]])
columns = torch.tensor([10.0, 20.0, 30.0, 40.0])
table = rows + columns

images = torch.zeros(8, 3, 5, 5)
mean = torch.tensor([0.1, 0.2, 0.3])

square = torch.arange(9.0).reshape(3, 3)
prediction = torch.zeros(4, 1)
target = torch.tensor([1.0, 2.0, 3.0, 4.0])

counts = torch.tensor([1, 2, 3])
small = torch.ones(3, dtype=torch.float16)
