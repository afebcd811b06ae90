"""The class in which a case is tried: its honest neighbours, its hidden images, its assignment."""

from __future__ import annotations

NEIGHBOURS = ("an_honest_neighbour", "zz_an_honest_neighbour")


CLASSES = (("00_00", "Plastic Bottle"), ("00_01", "Hats"), ("00_02", "Newspaper"))


# Right about every image, as the first value of each tells its class.
HONEST = f"""print("neighbour")


def predict(image):
    return {[label for _, label in CLASSES]}[int(image[0, 0, 0]) // 80]
"""


EACH = 4  # hidden images of each class


SECONDS = 1500  # for the whole class


ASSIGNMENT = """
[assignment]
id = "hostile"
title = { en = "Hostile" }

[interface]
lenet5 = ""

[limits]
import = 10
first_answer = 4
answer = 2
total = 30
restarts = 1
memory = 700
scratch = 64
submission = 40
"""
