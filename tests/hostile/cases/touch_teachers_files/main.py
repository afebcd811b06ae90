import os

from bait import BAIT, escaped

for path in BAIT["paths"] + BAIT["folders"]:
    for action in (
        lambda: os.chmod(path, 0o777),
        lambda: os.utime(path, (0, 0)),
        lambda: os.truncate(path, 0),
        lambda: os.chown(path, os.getuid(), os.getgid()),
        lambda: os.setxattr(path, "user.planted", b"1"),
    ):
        try:
            action()
        except OSError as error:
            print("denied", error)
    try:
        if os.stat(path).st_mode & 0o777 == 0o777 or os.stat(path).st_mtime == 0:
            escaped("changed " + path)
    except OSError as error:
        print("denied", error)
print("touched")


def predict(image):
    return "Hats"
