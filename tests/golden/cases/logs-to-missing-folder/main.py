import logging

logging.basicConfig(filename="log/run.log", level=logging.INFO)
logging.info("start")


def predict(image):
    return "Hats"
