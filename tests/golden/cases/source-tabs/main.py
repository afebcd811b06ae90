def predict(image):
        x = 1
	return "Hats"
