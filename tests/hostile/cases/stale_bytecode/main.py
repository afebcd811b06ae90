import helper

print("source" if helper.ORIGIN == "source" else "ESCAPED bytecode")


def predict(image):
    return "Hats"
