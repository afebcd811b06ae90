import ctypes
import os

from bait import attempt, escaped

libc = ctypes.CDLL(None, use_errno=True)
calls = {
    "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
    "bind": lambda: libc.mount(b"/usr", b"/dev/shm", None, 4096, None),
    "remount": lambda: libc.mount(None, b"/", None, 32, None),
    "umount": lambda: libc.umount2(b"/proc", 2),
    "unshare user": lambda: libc.unshare(0x10000000),
    "unshare mount": lambda: libc.unshare(0x00020000),
    "unshare net": lambda: libc.unshare(0x40000000),
    "sethostname": lambda: libc.sethostname(b"owned", 5),
    "swapoff": lambda: libc.swapoff(b"/dev/sda"),
    "setuid": lambda: libc.setresuid(0, 0, 0) if os.getuid() else -1,
    "setgroups": lambda: libc.setgroups(1, ctypes.byref(ctypes.c_int(0))) if os.getuid() else -1,
    "chroot": lambda: libc.chroot(b"/usr"),
    "pivot": lambda: libc.syscall(155, b"/usr", b"/usr"),
    "time": lambda: libc.clock_settime(0, ctypes.byref((ctypes.c_long * 2)(0, 0))),
    "module": lambda: libc.syscall(175, b"", 0, b""),
    "io": lambda: libc.iopl(3) if hasattr(libc, "iopl") else -1,
}
for name, call in calls.items():
    if call() != -1:
        escaped(name)
attempt("mknod", lambda: os.mknod("device", 0o60666, os.makedev(254, 0)))
attempt("mknod", lambda: os.mknod("device", 0o20666, os.makedev(1, 1)))


def predict(image):
    return "Hats"
