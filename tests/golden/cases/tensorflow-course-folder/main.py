import json
import os

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '2'
import cv2
import numpy as np
import tensorflow as tf
from tensorflow.keras.models import load_model

print(tf.__version__, tf.config.list_physical_devices('GPU'))
HERE = os.path.split(os.path.realpath(__file__))[0]
with open(os.path.join(HERE, 'index.json'), 'r', encoding='utf8') as fp:
    index = json.load(fp)
model = load_model(os.path.join(HERE, 'results', 'mobilenet.h5'), compile=False)
model.summary()


@tf.function
def forward(x):
    return model(x, training=False)


def predict(image):
    img = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), (96, 96))
    x = tf.keras.preprocessing.image.img_to_array(img)[np.newaxis] / 255.0
    cls = int(tf.argmax(forward(tf.constant(x)), axis=-1)[0])
    return index[str(cls)]
