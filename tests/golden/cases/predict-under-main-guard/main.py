if __name__ == "__main__":

    def predict(image):
        return "Hats"
