from net import build


def predict(image):
    return "Hats"
