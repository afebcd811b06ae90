import gc
import sys

from bait import BAIT, escaped


def search():
    for thing in gc.get_objects():
        values = ()
        if isinstance(thing, dict):
            values = list(thing.values()) + list(thing.keys())
        elif isinstance(thing, (list, tuple, set)):
            values = list(thing)
        for value in values:
            if isinstance(value, str) and BAIT["prefix"] in value and thing is not BAIT:
                escaped("an object holds " + value[:80])
            if isinstance(value, str) and value.startswith("hidden_image_") and len(value) > 13:
                escaped("an object holds a name of an image: " + value[:80])


search()


def predict(image):
    search()
    print("searched", len(sys.modules) > 0)
    return "Hats"
