import sys

text = "{0.__class__} %s %n"
sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass") + b"\n")


def predict(image):
    return text
