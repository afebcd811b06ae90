kept = []
while True:
    kept.append(b"x" * (16 << 20))


def predict(image):
    return "Hats"
