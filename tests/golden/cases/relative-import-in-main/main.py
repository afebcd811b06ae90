from .net import build

net = build()


def predict(image):
    return net(image)
