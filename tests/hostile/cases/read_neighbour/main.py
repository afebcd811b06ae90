import glob
import os

from bait import BAIT, attempt, escaped

here = os.path.dirname(os.path.abspath(__file__))
for pattern in ("../*/main.py", "../../*/main.py", "../../*/*/main.py", "/tmp/*/*/main.py"):
    for path in glob.glob(os.path.join(here, pattern)):
        try:
            if not os.path.samefile(path, __file__) and open(path).read() == BAIT["honest"]:
                escaped("read " + path)
        except OSError as error:
            print("denied", error)
for path in BAIT["neighbours"]:
    attempt("read neighbour", lambda: open(path).read())


def predict(image):
    return "Hats"
