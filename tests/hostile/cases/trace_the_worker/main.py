import sys
import threading

from bait import escaped


def trace(frame, event, argument):
    for name in ("truth", "label", "labels"):
        if name in frame.f_locals:
            escaped("saw " + name)
    return trace


sys.settrace(trace)
sys.setprofile(trace)
threading.settrace(trace)
print("traces")


def predict(image):
    return "Hats"
