import os
import shutil
import time

if os.path.exists("results"):
    shutil.rmtree("results")
os.makedirs("results")


def predict(image):
    return "Hats"


def train():
    for epoch in range(1000):
        try:
            for step in range(90):
                # a loop like this catches everything that it should not
                time.sleep(0.01)  # one step
        except Exception as error:
            print(error)


train()
