import os

from bait import BAIT, attempt

for path in BAIT["paths"] + BAIT["neighbours"]:
    attempt("write", lambda: open(path, "w").write("100"))
    attempt("append", lambda: open(path, "a").write("100"))
    attempt("remove", lambda: os.remove(path))
    attempt("move", lambda: os.rename(path, path + ".old"))
    attempt("link", lambda: os.link(path, "linked"))
    attempt("replace", lambda: os.replace(__file__, path))


def predict(image):
    return "Hats"
