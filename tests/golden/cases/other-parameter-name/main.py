def predict(img_array, size=224):
    return "Hats"
