import os

from bait import BAIT, escaped

for folder in ("/dev/shm", "/tmp", "/var/tmp", "/run", "/dev/mqueue", "/run/user"):
    try:
        names = os.listdir(folder)
    except OSError as error:
        print("denied", folder, error)
        continue
    for name in names:
        if BAIT["notes"] in name or name.startswith(("grade-", "submission-", "pymp-")):
            escaped("saw %s in %s" % (name, folder))
for path in BAIT["temporary"]:
    try:
        escaped("read %s: %s" % (path, open(path).read()))
    except OSError as error:
        print("denied", error)
print("looked")


def predict(image):
    return "Hats"
