import urllib.request

from bait import attempt

attempt("download", lambda: urllib.request.urlopen("http://example.org/model.ckpt", timeout=5))


def predict(image):
    return "Hats"
