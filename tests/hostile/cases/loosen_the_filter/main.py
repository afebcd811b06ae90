import ctypes

from bait import escaped

libc = ctypes.CDLL(None, use_errno=True)


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


allow = b"\x06\0\0\0\0\0\xff\x7f"
print("added", libc.prctl(22, 2, ctypes.byref(Program(1, allow)), 0, 0))
if libc.prctl(38, 0, 0, 0, 0) != -1:
    escaped("new privileges")
if libc.unshare(0x10000000) != -1:
    escaped("unshare")
libc.prctl(1, 0, 0, 0, 0)  # to outlive the grader
print("tried")


def predict(image):
    return "Hats"
