import ctypes
import os

from bait import BAIT, attempt, escaped

libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(8)


class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


for pid in [os.getppid(), *BAIT["pids"]]:
    here = Part(ctypes.addressof(buffer), 8)
    there = Part(ctypes.addressof(buffer), 8)
    for call in (libc.process_vm_readv, libc.process_vm_writev):
        if call(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) != -1:
            escaped("memory of %d" % pid)
for pid in BAIT["pids"]:
    attempt("mem", lambda: open("/proc/%d/mem" % pid, "r+b"))


def predict(image):
    return "Hats"
