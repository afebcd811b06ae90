import torch
from torch import nn

names = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 26)

    def forward(self, x):
        return self.fc(x.mean((2, 3)))


if not 'net' in globals():
    net = torch.load('results/model.pt')
    net.eval()


def predict(image, model=net):
    x = torch.tensor(image).permute(2, 0, 1).unsqueeze(0) / 255
    return names[model(x).argmax().item()]


if __name__ == '__main__':
    torch.save(Net(), 'results/model.pt')
