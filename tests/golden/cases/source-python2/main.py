def predict(image):
    print "predicting"
    return "Hats"
