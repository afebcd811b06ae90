import sys


class Evil(Exception):
    def __str__(self):
        sys.exit(0)

    __repr__ = __str__


def cycle():
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    return one


def predict(image):
    raise KeyboardInterrupt
