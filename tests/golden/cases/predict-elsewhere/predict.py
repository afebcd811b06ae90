from helper import NAME


def predict(image):
    return NAME
