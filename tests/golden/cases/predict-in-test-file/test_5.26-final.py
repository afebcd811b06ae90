def predict(img):
    return "Hats"
