NAME = "Hats"
import helper


def predict(image):
    return helper.name()
