import os
import sys

from bait import BAIT, attempt

here = os.path.dirname(os.path.abspath(__file__))
folders = ["/", "/usr", "/usr/lib", "/etc", "/bin", "/submission", "/worker", "/root", "/home"]
folders += ["/proc", "/sys", "/dev", "/var", "/opt", sys.prefix, os.path.dirname(os.__file__)]
folders += [path for path in sys.path if path and "site-packages" in path] + BAIT["folders"]
for folder in folders:
    attempt("write " + folder, lambda: open(os.path.join(folder, "planted.py"), "w"))
    attempt("mkdir " + folder, lambda: os.mkdir(os.path.join(folder, "planted")))


def predict(image):
    return "Hats"
