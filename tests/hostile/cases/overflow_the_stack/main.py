import sys
import threading

sys.setrecursionlimit(10**9)


def predict(image):
    value = []
    for _ in range(10**6):
        value = [value]
    return repr(value)
