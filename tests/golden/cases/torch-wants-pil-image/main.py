import torch

from torchvision import transforms

preprocess = transforms.Compose([
    transforms.Resize(256),
    transforms.CenterCrop(224),
    transforms.ToTensor(),
])
net = torch.nn.Linear(3, 26)


def predict(image):
    """image: PIL.Image"""
    x = preprocess(image)
    return str(net(x.mean((1, 2))).argmax().item())
