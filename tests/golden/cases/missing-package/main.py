from no_such_framework.nn import Module


class Net(Module):
    pass


def predict(image):
    return "Hats"
