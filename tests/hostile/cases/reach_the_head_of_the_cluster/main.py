import os
import socket

from bait import BAIT, attempt

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nreach_the_head_of_the_cluster"


def speak(family, address):
    with socket.socket(family) as one:
        one.settimeout(0.5)
        one.connect(address)
        one.sendall(PREFACE)


def named():
    yield "127.0.0.1", BAIT["tcp"]
    for variable in ("RAY_ADDRESS", "RAY_HEAD_IP", "SLURM_LAUNCH_NODE_IPADDR"):
        host, _, port = os.environ.get(variable, "").partition(":")
        if host:
            yield host, int(port or 6379)
    try:
        with open("/tmp/ray/ray_current_cluster") as file:
            host, _, port = file.read().partition(":")
        yield host, int(port)
    except OSError as error:
        print("no current cluster", error)


for host, port in named():
    attempt("head " + host, lambda: speak(socket.AF_INET, (host, port)))
    attempt("head " + host, lambda: speak(socket.AF_INET6, ("::ffff:" + host, port)))
for folder in ("/tmp/ray/session_latest/sockets",):
    for name in ("raylet", "plasma_store"):
        attempt("raylet " + name, lambda: speak(socket.AF_UNIX, folder + "/" + name))
attempt("raylet", lambda: speak(socket.AF_UNIX, BAIT["stream"]))


def predict(image):
    return "Hats"
