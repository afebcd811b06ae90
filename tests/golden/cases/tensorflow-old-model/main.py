import json
import os

import numpy as np
from keras.engine.training import Model
from keras.models import load_model
from keras.preprocessing import image as kimage
from keras.utils.np_utils import to_categorical
from PIL import Image

BASE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(BASE, 'index.json'), encoding='utf8') as fp:
    class_indices = json.load(fp)

model = load_model(os.path.join(BASE, 'model', 'garbage_mobilenetv2.h5'))
assert isinstance(model, Model) and to_categorical([1]).shape == (1, 2)


def predict(image):
    img = Image.fromarray(image[:, :, ::-1]).resize((224, 224))
    x = np.expand_dims(kimage.img_to_array(img), axis=0) / 255.
    pred = model.predict(x)
    return class_indices[str(np.argmax(pred[0]))]
