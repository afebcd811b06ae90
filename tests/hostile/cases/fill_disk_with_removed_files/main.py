import os
import time

os.chdir(os.environ["HOME"])
kept = []
try:
    for number in range(1000):
        kept.append(open("file", "wb", 0))
        kept[-1].write(b"x" * (8 << 20))
        os.remove("file")
        time.sleep(0.005)
finally:
    time.sleep(5)


def predict(image):
    return "Hats"
