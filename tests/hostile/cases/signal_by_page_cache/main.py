import ctypes
import mmap
import os

from bait import escaped

SHARED = os.__file__  # read by everybody's interpreter
libc = ctypes.CDLL(None, use_errno=True)
file = os.open(SHARED, os.O_RDONLY)
size = os.fstat(file).st_size


def attempt(what, call):
    try:
        call()
    except OSError as error:
        print("denied", what, error)
    else:
        escaped(what)


def checked(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), "refused")


# The giver: pages that are in memory or not are the bits of its word.
attempt("throws a page out", lambda: os.posix_fadvise(file, 0, 4096, os.POSIX_FADV_DONTNEED))
attempt("asks for a page", lambda: os.posix_fadvise(file, 0, 4096, os.POSIX_FADV_WILLNEED))
attempt("reads ahead", lambda: checked(libc.readahead(file, ctypes.c_int64(0), 4096)))
# The taker.
shown = mmap.mmap(file, size, access=mmap.ACCESS_COPY)
where = ctypes.addressof(ctypes.c_char.from_buffer(shown))
pages = (ctypes.c_ubyte * (size // mmap.PAGESIZE + 1))()
attempt("counts pages", lambda: checked(libc.mincore(ctypes.c_void_p(where), size, pages)))
try:
    os.preadv(file, [bytearray(1)], 0, os.RWF_NOWAIT)
    escaped("looks without waiting")
except BlockingIOError:
    escaped("looks without waiting")
except OSError as error:
    print("denied", error)
print("tried")


def predict(image):
    return "Hats"
