import urllib.request

from bait import BAIT, attempt

url = "http://127.0.0.1:%d/download_a_model.ckpt" % BAIT["tcp"]
attempt("download", lambda: urllib.request.urlopen(url, timeout=1))


def predict(image):
    return "Hats"
