import sys

text = "<script>alert(document.cookie)</script><img src=x onerror=alert(1)>"
sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass") + b"\n")


def predict(image):
    return text
