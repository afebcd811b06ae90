import os

from bait import BAIT, escaped

for folder in ("/dev/shm", "/tmp", "/var/tmp", "/run", "/dev/mqueue", "/run/user"):
    try:
        names = os.listdir(folder)
    except OSError as error:
        print("denied", folder, error)
        continue
    for name in names:
        if BAIT["notes"] in name or name.startswith(("grade-", "handin-", "pymp-")):
            escaped("saw %s in %s" % (name, folder))
for path in BAIT["temporary"]:
    if os.path.exists(path) and open(path).read():
        escaped("read " + path)
print("looked")


def predict(image):
    return "Hats"
