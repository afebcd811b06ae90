import sys

text = "{{ 7*7 }}{% raw %}"
sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass") + b"\n")


def predict(image):
    return text
