import torch
from torch import nn

LABELS = tuple([
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
])


class One(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, len(LABELS))

    def forward(self, x):
        return self.fc(torch.mean(x, dim=[2, 3]))


class Mean(nn.Module):
    def forward(self, x):
        return nn.functional.adaptive_avg_pool2d(x, 1).flatten(1)


one, two = One(), nn.Sequential(Mean(), nn.Linear(3, len(LABELS)))
models = [(one, 0.6, 'results/one.pth'), (two, 0.4, 'results/two.pth')]
for m, _, path in models:
    m.load_state_dict(torch.load(path, map_location=torch.device('cpu')))
    m.eval()


def tta(x):
    return torch.cat([x, x.flip(-1), x.flip(-2), torch.rot90(x, 1, (2, 3))])


@torch.inference_mode()
def predict(image, use_tta=True):
    x = torch.tensor(image[:, :, [2, 1, 0]] / 255.).permute(2, 0, 1).unsqueeze(0).float()
    if use_tta:
        x = tta(x)
    score = sum(weight * m(x).softmax(-1).mean(0) for m, weight, _ in models)
    return LABELS[score.argmax()]
