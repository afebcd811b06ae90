import sys

text = "Hats\0\0"
sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass") + b"\n")


def predict(image):
    return text
