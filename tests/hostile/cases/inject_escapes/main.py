import sys

text = "\x1b[2J\x1b]0;owned\x07"
sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass") + b"\n")


def predict(image):
    return text
