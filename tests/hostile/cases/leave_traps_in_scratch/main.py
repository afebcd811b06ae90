import os

from bait import BAIT

os.chdir(os.environ["HOME"])
for number, path in enumerate(BAIT["paths"] + BAIT["folders"] + ["/etc/passwd", "/", "."]):
    os.symlink(path, "link%d" % number)
    os.symlink(path, "grades%d.csv" % number)
try:
    os.mkfifo("pipe")
except OSError as error:
    print("denied pipe", error)
os.makedirs("closed/inner")
open("closed/inner/file", "w").close()
os.chmod("closed/inner", 0)
os.chmod("closed", 0)
open("x" * 255, "w").close()
open(b"\xff\xfe\n\x1b[31m", "w").close()
print("left")


def predict(image):
    return "Hats"
