def predict(image):
    return net(image)


if __name__ == "__main__":
    net = lambda image: "Hats"
    print(predict(None))
