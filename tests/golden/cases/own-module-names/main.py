import json
import types

import cv2
import numpy
from code import NAME as E
from dataset import NAME as C
from model import NAME as B
from test import NAME as D
from utils import NAME as A

json.dumps(types.__name__)
cv2.resize(numpy.zeros((4, 4)), (2, 2))


def predict(image):
    return " ".join((A, B, C, D, E))
