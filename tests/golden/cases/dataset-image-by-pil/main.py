import numpy as np
from PIL import Image


def predict(image):
    image = Image.fromarray(image)
    return "Hats" if np.array(image).mean() < 100 else "Newspaper"


path = "./datasets/garbage_26x100/val/03_03/00001.jpg"
# try it
image = np.array(Image.open(path))
print(predict(image))
