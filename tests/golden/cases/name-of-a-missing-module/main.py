from my_labels import LABELS

from my_words import WORDS


def predict(image):
    return WORDS["hat"] if image.mean() > 999 else LABELS[int(image[0, 0, 0]) % 3]
