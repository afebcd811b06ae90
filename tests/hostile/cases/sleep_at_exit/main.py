import atexit
import threading
import time

atexit.register(time.sleep, 600)
threading.Thread(target=time.sleep, args=(600,)).start()


class Sleeper:
    def __del__(self):
        time.sleep(600)


kept = Sleeper()
print("sleeps at exit")


def predict(image):
    return "Hats"
