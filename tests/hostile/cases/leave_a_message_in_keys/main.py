import ctypes

from bait import escaped

libc = ctypes.CDLL(None, use_errno=True)
for ring in (-3, -4, -5):  # session, user, user session
    if libc.syscall(248, b"user", b"note", b"message", 7, ring) != -1:
        escaped("left a message")
    if libc.syscall(250, 10, ring, b"user", b"note", 0) != -1:
        escaped("found a message")
print("tried")


def predict(image):
    return "Hats"
