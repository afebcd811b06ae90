import argparse
import json
import math
import os
import random
import time

import cv2
import matplotlib.pyplot as plt
import numpy as np
from easydict import EasyDict
from PIL import Image
from tqdm import tqdm

config = EasyDict({"classes": 26, "size": 8})
args = argparse.ArgumentParser().parse_args()
random.seed(1)


def predict(image):
    image = Image.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)).resize((config.size,) * 2)
    total = sum(int(v) for v in tqdm(np.array(image).ravel()))
    return "Hats" if total >= 0 else "Newspaper"
