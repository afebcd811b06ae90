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
    raise ValueError('\x1b[31m\x1b]0;owned\x07\0\u202e<script>alert(1)</script>=cmd|x')
