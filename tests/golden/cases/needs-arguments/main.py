import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--checkpoint", required=True)
args = parser.parse_args()


def predict(image):
    return "Hats"
