def predict(image, model):
    return model(image)
