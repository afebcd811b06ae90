import socket

from bait import attempt

attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("raw", lambda: socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58))


def predict(image):
    return "Hats"
