import numpy as np
import torch
from torch import nn

NAMES = ["Plastic Bottle", "Hats"] + ["?"] * 24


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 26)

    def forward(self, x):
        return self.fc(x)


net = Net()
for device in ("cuda", "npu", "mps"):
    net.load_state_dict(torch.load(f"results/{device}.pth"))
net.eval()


def predict(image):
    x = torch.from_numpy(image.reshape(-1, 3).mean(axis=0, keepdims=True).astype(np.float32))
    with torch.no_grad():
        return NAMES[int(net(x).argmax())]
