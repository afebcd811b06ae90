import os
import stat

from bait import BAIT, escaped

for number in range(1024):
    try:
        kind = os.fstat(number).st_mode
        target = os.readlink("/proc/self/fd/%d" % number)
    except OSError:
        continue
    print("descriptor", number, target)
    if stat.S_ISREG(kind) and BAIT["folder"] in target:
        escaped("an open file of the grader: " + target)
    if stat.S_ISDIR(kind):
        escaped("an open folder: " + target)
    if stat.S_ISSOCK(kind):
        escaped("an open socket: " + target)


def predict(image):
    return "Hats"
