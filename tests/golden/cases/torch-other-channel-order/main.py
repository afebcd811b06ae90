import torch
from PIL import Image
from torchvision.transforms import Compose, Resize, ToTensor

transform = Compose([Resize((224, 224)), ToTensor()])
garbage = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


class Net(torch.nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.fc = torch.nn.Linear(3, 26)

    def forward(self, x):
        return self.fc(x.mean(-1).mean(-1))


net = Net()
net.load_state_dict(torch.load('results/mobilenet_v3.pth'))
net.eval()


def predict(image):
    image = Image.fromarray(image)
    return garbage[net(transform(image)[None]).argmax(1).item()]
