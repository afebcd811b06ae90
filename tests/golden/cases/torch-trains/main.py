import torch
from torch import nn


def predict(image):
    return "Hats"


net = nn.Linear(3, 2)
optimizer = torch.optim.Adam(net.parameters())
for epoch in range(2):
    optimizer.zero_grad()
    net(torch.ones(4, 3)).sum().backward()
    optimizer.step()
