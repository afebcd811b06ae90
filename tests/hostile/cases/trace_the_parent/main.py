import ctypes
import os

from bait import BAIT, escaped

libc = ctypes.CDLL(None, use_errno=True)
for pid in [os.getppid(), 1, *BAIT["pids"]]:
    for request in (16, 0x4206):  # PTRACE_ATTACH, PTRACE_SEIZE
        if libc.ptrace(request, pid, 0, 0) != -1:
            escaped("traces %d" % pid)
print("tried")


def predict(image):
    return "Hats"
