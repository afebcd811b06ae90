import mindspore.nn as nn


class AlexNet(nn.Cell):
    def __init__(self, num_classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 11, 4, pad_mode="valid", has_bias=True)
        self.conv2 = nn.Conv2d(8, 16, 5, pad_mode="pad", padding=2, has_bias=True)
        self.conv3 = nn.Conv2d(16, 24, 3, pad_mode="pad", padding=1, has_bias=True)
        self.conv4 = nn.Conv2d(24, 24, 3, pad_mode="pad", padding=1, has_bias=True)
        self.conv5 = nn.Conv2d(24, 16, 3, pad_mode="pad", padding=1, has_bias=True)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(3, 2)
        self.flatten = nn.Flatten()
        self.fc1, self.fc2, self.fc3 = nn.Dense(64, 32), nn.Dense(32, 32), nn.Dense(32, num_classes)
        self.drop = nn.Dropout(p=0.5)

    def construct(self, x):
        x = self.pool(self.relu(self.conv1(x)))
        x = self.pool(self.relu(self.conv2(x)))
        x = self.relu(self.conv3(x))
        x = self.relu(self.conv4(x))
        x = self.pool(self.relu(self.conv5(x)))
        x = self.drop(self.relu(self.fc1(self.flatten(x))))
        return self.fc3(self.drop(self.relu(self.fc2(x))))
