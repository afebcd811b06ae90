import socket

from bait import BAIT, attempt


def connect(path, kind):
    with socket.socket(socket.AF_UNIX, kind) as one:
        one.connect(path)
        one.send(b"connect_to_socket_file")


for path in (BAIT["stream"], "/var/run/docker.sock", "/run/systemd/notify", "/dev/log"):
    attempt("unix " + path, lambda: connect(path, socket.SOCK_STREAM))
    attempt("unix " + path, lambda: connect(path, socket.SOCK_DGRAM))


def predict(image):
    return "Hats"
