import time


def predict(image):
    time.sleep(1.7)
    return "Hats"
