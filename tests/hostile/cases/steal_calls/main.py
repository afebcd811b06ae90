import os

from bait import escaped


def steal():
    for number in range(90, 200):
        try:
            os.set_blocking(number, True)
            stolen = os.read(number, 100)
            if stolen:
                escaped("stole %d bytes of a call" % len(stolen))
        except OSError:
            continue


def predict(image):
    steal()
    return "Hats"
