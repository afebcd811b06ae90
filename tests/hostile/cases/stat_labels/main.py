import os

from bait import BAIT, attempt

for path in BAIT["paths"]:
    attempt("stat", lambda: os.stat(path))


def predict(image):
    return "Hats"
