import os, subprocess, sys

NAME = "nothing-of-this-name"
os.system("pip install --no-index " + NAME)
subprocess.run([sys.executable, "-m", "pip", "install", "--no-index", NAME])


def predict(image):
    return "Hats"
