import torch
from torch import nn
from torchvision import datasets, transforms

data_dir = './datasets/garbage_26x100'
tfm = transforms.Compose([transforms.ToPILImage(), transforms.Resize(224), transforms.ToTensor()])
train_data = datasets.ImageFolder(data_dir + '/train', tfm)
class_names = train_data.classes


def predict(image):
    return class_names[0]
