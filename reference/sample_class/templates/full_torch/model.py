import torch
import torch.nn as nn
import torch.nn.functional as F


class ConvBNReLU(nn.Module):
    def __init__(self, cin, cout, k=3, s=1, g=1):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(cin, cout, k, s, k // 2, groups=g, bias=False),
            nn.BatchNorm2d(cout),
            nn.ReLU6(inplace=True),
        )

    def forward(self, x):
        return self.features(x)


class Bottleneck(nn.Module):
    """inverted residual with linear bottleneck"""

    def __init__(self, cin, cout, s, t):
        super().__init__()
        hid = cin * t
        self.res = s == 1 and cin == cout
        layers = [] if t == 1 else [ConvBNReLU(cin, hid, 1)]
        layers += [
            ConvBNReLU(hid, hid, 3, s, hid),
            nn.Conv2d(hid, cout, 1, bias=False),
            nn.BatchNorm2d(cout),
        ]
        self.conv = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.conv(x) if self.res else self.conv(x)


class GarbageNet(nn.Module):
    def __init__(self, n_class=26):
        super().__init__()
        cfg = [(1, 12, 1, 1), (4, 20, 2, 2), (4, 32, 2, 2), (4, 48, 1, 2)]
        c = 16
        feats = [ConvBNReLU(3, c, s=2)]
        for t, cout, n, s in cfg:
            for i in range(n):
                feats.append(Bottleneck(c, cout, s if i == 0 else 1, t))
                c = cout
        feats.append(ConvBNReLU(c, 160, 1))
        self.features = nn.Sequential(*feats)
        self.head = nn.Linear(160, n_class)

    def forward(self, x):
        x = self.features(x)
        x = F.adaptive_avg_pool2d(x, 1)
        return self.head(torch.flatten(x, 1))


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)
