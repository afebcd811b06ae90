import no_such_resizer


def predict(image):
    return "Hats" if no_such_resizer.resize(image, 224) else "Paper"
