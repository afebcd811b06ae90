import socket

from bait import BAIT, attempt

for host in ("127.0.0.1", "localhost", "0.0.0.0", "127.1.2.3", "::1"):
    attempt("tcp " + host, lambda: socket.create_connection((host, BAIT["tcp"]), 0.5))
attempt("bind", lambda: socket.create_connection(("169.254.169.254", 80), 0.5))


def predict(image):
    return "Hats"
