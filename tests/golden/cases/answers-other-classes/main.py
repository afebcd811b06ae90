NAMES = ["cardboard", "glass", "metal", "paper", "plastic", "trash"]


def predict(image):
    return NAMES[int(image.mean()) % 6]
