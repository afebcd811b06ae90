class Model:
    def predict(self, image):
        return "Hats"
