import threading
import time

from bait import escaped

threading.stack_size(64 * 1024)
try:
    while threading.active_count() < 1200:
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    escaped("more threads than a box may have")
except RuntimeError as error:
    print("denied", error)


def predict(image):
    return "Hats"
