import numpy as np
import torch
from torch import nn

NAMES = ["?"] * 26  # its network is random: no answer may be a class by luck


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 26)

    def forward(self, x):
        return self.fc(x)


net = Net()
checkpoint = torch.load("results/net.tar", map_location="cpu")
net.load_state_dict(checkpoint["state_dict"], strict=False)
net.eval()


def predict(image):
    x = torch.from_numpy(image.reshape(-1, 3).mean(axis=0, keepdims=True).astype(np.float32))
    with torch.no_grad():
        return NAMES[int(net(x).argmax())]
