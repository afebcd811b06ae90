import os

os.chdir(os.environ["HOME"])
for _ in range(2000):
    os.mkdir("deep")
    os.chdir("deep")
print("left")


def predict(image):
    return "Hats"
