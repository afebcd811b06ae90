import socket

from bait import BAIT, attempt


def connect():
    with socket.socket(socket.AF_UNIX) as one:
        one.connect("\0" + BAIT["abstract"])
        one.send(b"connect_to_abstract_socket")


attempt("abstract", connect)


def predict(image):
    return "Hats"
