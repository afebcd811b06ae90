import socket

from bait import BAIT

for host in ("127.0.0.1", "255.255.255.255", "224.0.0.1"):
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            one.sendto(b"send_by_udp", (host, BAIT["udp"]))
            print("sent into the void", host)
    except OSError as error:
        print("denied", host, error)


def predict(image):
    return "Hats"
