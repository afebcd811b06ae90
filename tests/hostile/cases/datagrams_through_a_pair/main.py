import socket

from bait import BAIT, attempt

one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
attempt("sendto", lambda: one.sendto(b"pair", BAIT["datagrams"]))
attempt("sendmsg", lambda: one.sendmsg([b"pair"], [], 0, BAIT["datagrams"]))
attempt("connect", lambda: one.connect(BAIT["datagrams"]))


def predict(image):
    return "Hats"
