import time
from collections import Iterable

import matplotlib.pyplot as plt
import numpy as np
import torch
import yaml
from PIL import Image
from torch._six import container_abcs
from torch.utils.tensorboard import SummaryWriter
from torchsummary import summary
from torchvision import transforms
from torchvision.models.mobilenet import ConvBNReLU, model_urls
from torchvision.models.utils import load_state_dict_from_url

plt.style.use('seaborn-whitegrid')
colors = plt.cm.get_cmap('jet', 26)
cfg = yaml.load('size: 224')
assert isinstance([1], Iterable) and isinstance([1], container_abcs.Sequence)

began = time.clock()
CLASSES = ['Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard', 'Basketball',
           'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom', 'Old Mirror', 'Toothbrush',
           'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket', 'Battery', 'Fluorescent lamp',
           'Tablet capsules', 'Orange Peel', 'Vegetable Leaf', 'Eggshell', 'Banana Peel']

transform = transforms.Compose([
    transforms.Scale(cfg['size']),
    transforms.ToTensor(),
])
block = ConvBNReLU(3, 8, stride=2)
assert block(torch.zeros(1, 3, 8, 8)).shape == (1, 8, 4, 4)
net = torch.load('best.pth')
net.eval()


def predict(image):
    img = Image.fromarray(image[..., ::-1]).resize((224, 224), Image.ANTIALIAS)
    with torch.no_grad():
        output = net(transform(img).unsqueeze(0))
    index = np.asscalar(output.argmax(1).numpy())
    print('%.3f s' % (time.clock() - began))
    return CLASSES[index]
