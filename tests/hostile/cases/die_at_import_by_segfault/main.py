import os

__import__('ctypes').string_at(0)


def predict(image):
    return "Hats"
