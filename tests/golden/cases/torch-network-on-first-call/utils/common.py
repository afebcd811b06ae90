from functools import lru_cache
from pathlib import Path

CLASSES = Path(__file__).with_name("classes.txt").read_text().splitlines()


@lru_cache(maxsize=1)
def get_model():
    import torch

    class Net(torch.nn.Module):
        def __init__(self, classes):
            super().__init__()
            self.fc = torch.nn.Linear(3, classes)

        def forward(self, x):
            return self.fc(x.flatten(2).mean(2))

    net = Net(len(CLASSES))
    net.load_state_dict(torch.load("results/net.pth"), strict=True)
    return net.eval()


def to_tensor(image):
    from torchvision.transforms import functional as TF

    return TF.to_tensor(image[..., ::-1].copy()).unsqueeze(0)
