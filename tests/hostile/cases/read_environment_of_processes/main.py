import os

from bait import BAIT, escaped

looked = 0
try:
    names = os.listdir("/proc")
except OSError:
    names = ["1", str(os.getppid())]
for name in names:
    for part in ("environ", "cmdline", "task/%s/environ" % name):
        try:
            data = open("/proc/%s/%s" % (name, part), "rb").read()
        except OSError:
            continue
        looked += 1
        if BAIT["prefix"].encode() in data or BAIT["out"].encode() in data:
            escaped("read /proc/%s/%s: %r" % (name, part, data[:200]))
print("looked at", looked)


def predict(image):
    return "Hats"
