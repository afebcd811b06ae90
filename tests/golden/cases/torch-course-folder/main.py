import os, sys, time, random
import cv2
import torch
import torch.nn as nn
import numpy as np
from PIL import Image
from tqdm import tqdm
from easydict import EasyDict
from torchvision import transforms
import matplotlib.pyplot as plt
sys.path.append("..")
from model import build_model

opt = EasyDict()
opt.num_classes = 26
opt.ckpt = os.path.join(os.path.dirname(__file__), 'checkpoint', 'best_model.pth')
device = torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')

val_transforms = transforms.Compose([
    transforms.Resize((64, 64)),
    transforms.ToTensor(),
])

labels = {
    0: 'Plastic Bottle', 1: 'Hats', 2: 'Newspaper', 3: 'Cans', 4: 'Glassware',
    5: 'Glass Bottle', 6: 'Cardboard', 7: 'Basketball', 8: 'Paper', 9: 'Metalware',
    10: 'Disposable Chopsticks', 11: 'Lighter', 12: 'Broom', 13: 'Old Mirror',
    14: 'Toothbrush', 15: 'Dirty Cloth', 16: 'Seashell', 17: 'Ceramic Bowl',
    18: 'Paint bucket', 19: 'Battery', 20: 'Fluorescent lamp', 21: 'Tablet capsules',
    22: 'Orange Peel', 23: 'Vegetable Leaf', 24: 'Eggshell', 25: 'Banana Peel',
}

model = build_model(opt.num_classes)
state = torch.load(opt.ckpt, map_location=device)
print(model.load_state_dict(state))
model.to(device).eval()
for _ in tqdm(range(3), desc='warm up'):
    model(torch.zeros(1, 3, 64, 64).to(device))


def predict(img):
    t = time.time()
    img = Image.fromarray(cv2.cvtColor(img, cv2.COLOR_BGR2RGB))
    plt.imshow(img)
    plt.axis('off')
    plt.show()
    x = val_transforms(img).unsqueeze(0).to(device)
    with torch.no_grad():
        prob = torch.softmax(model(x), dim=1)
    conf, idx = prob.max(1)
    print(f'预测结果: {labels[idx.item()]}  置信度: {conf.item():.3f}  用时: {time.time() - t:.3f}s')
    return labels[idx.item()]
