import ctypes
import os
import sys

from bait import BAIT, escaped

libc = ctypes.CDLL(None, use_errno=True)
watcher = libc.inotify_init1(os.O_NONBLOCK)
for path in [*BAIT["folders"], sys.prefix, os.path.dirname(os.__file__)]:
    if watcher >= 0 and libc.inotify_add_watch(watcher, path.encode(), 0xFFF) >= 0:
        escaped("watches " + path)
print("tried")


def predict(image):
    return "Hats"
