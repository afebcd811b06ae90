kept = []


def predict(image):
    while True:
        kept.append(b"x" * (16 << 20))
