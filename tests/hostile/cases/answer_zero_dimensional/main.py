import numpy as np


class Liar:
    def __len__(self):
        return 10**18

    def __iter__(self):
        return iter(int, 1)

    def __repr__(self):
        raise ValueError

    def __str__(self):
        return "Hats"


def nested():
    value = []
    for _ in range(100_000):
        value = [value]
    return value


def predict(image):
    return np.array("Hats", dtype=object)
