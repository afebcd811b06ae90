import main


def name():
    return main.NAME
