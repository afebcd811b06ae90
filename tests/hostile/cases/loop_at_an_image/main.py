answered = []


def predict(image):
    answered.append(1)
    while len(answered) > 3:
        pass
    return "Hats"
