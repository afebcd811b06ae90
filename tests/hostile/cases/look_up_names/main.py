import socket
import time

from bait import BAIT, attempt

started = time.monotonic()
attempt("name", lambda: socket.getaddrinfo("stolen-words.example.org", 80))
attempt("name", lambda: socket.gethostbyname("example.org"))
print("at once", time.monotonic() - started < 3)


def predict(image):
    return "Hats"
