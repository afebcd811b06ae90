print("imported")


def predict(image):
    return "Hats"
