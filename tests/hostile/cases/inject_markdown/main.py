import sys

text = "[click](javascript:alert(1)) ![x](http://127.0.0.1/x)"
sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass") + b"\n")


def predict(image):
    return text
