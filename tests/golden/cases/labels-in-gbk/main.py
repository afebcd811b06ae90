import os

with open(os.path.join(os.path.dirname(__file__), "label.txt")) as f:
    labels = [line.split() for line in f]


def predict(image):
    return "Hats"
