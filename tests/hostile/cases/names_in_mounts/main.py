from bait import BAIT, escaped

for name in ("mountinfo", "mounts", "mountstats", "maps", "cgroup"):
    try:
        text = open("/proc/self/" + name).read()
    except OSError:
        continue
    if BAIT["id"] in text or BAIT["neighbour"] in text or BAIT["prefix"] in text:
        escaped("a name in /proc/self/" + name)
print("looked")


def predict(image):
    return "Hats"
