import os

os.kill(os.getpid(), 9)


def predict(image):
    return "Hats"
