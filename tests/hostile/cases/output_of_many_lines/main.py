print("\n".join(map(str, range(1_000_000))))


def predict(image):
    return "Hats"
