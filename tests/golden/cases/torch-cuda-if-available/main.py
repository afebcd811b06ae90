import numpy as np
import torch
from torch import nn

NAMES = ["Plastic Bottle", "Hats"] + ["?"] * 24
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 26)

    def forward(self, x):
        return self.fc(x)


net = Net().to(device)
net.load_state_dict(torch.load("results/net.pth", map_location=device))
net.eval()


def predict(image):
    x = torch.from_numpy(image.reshape(-1, 3).mean(axis=0, keepdims=True).astype(np.float32))
    with torch.no_grad():
        return NAMES[int(net(x.to(device)).argmax())]
