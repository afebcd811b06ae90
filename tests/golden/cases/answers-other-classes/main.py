NAMES = ["daisy", "dandelion", "rose", "sunflower", "tulip", "orchid"]


def predict(image):
    return NAMES[int(image.mean()) % 6]
