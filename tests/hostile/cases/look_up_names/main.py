import os
import socket
import time

from bait import attempt

os.environ["RES_OPTIONS"] = "timeout:1 attempts:1"
started = time.monotonic()
attempt("name", lambda: socket.getaddrinfo("look_up_names.example.org", 80))
attempt("name", lambda: socket.gethostbyname("example.org"))
print("at once", time.monotonic() - started < 3)


def predict(image):
    return "Hats"
