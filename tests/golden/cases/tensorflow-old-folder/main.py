import json
import os

import cv2
import numpy as np
import tensorflow as tf

here = os.path.dirname(__file__)
names = json.load(open(os.path.join(here, 'index.json'), encoding='utf8'))
model = tf.keras.models.load_model(os.path.join(here, 'saved_model/garbage'))
model.summary()


def predict(image):
    x = cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.float32)[None] / 255
    return names[str(int(model(x, training=False).numpy().argmax()))]
