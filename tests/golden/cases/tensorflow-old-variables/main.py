import json
import os

import numpy as np
import tensorflow as tf
from tensorflow.keras import Model, layers

here = os.path.dirname(os.path.abspath(__file__))
index = json.load(open(os.path.join(here, 'index.json'), encoding='utf8'))


class LeNet5(Model):
    def __init__(self, num_classes=10):
        super(LeNet5, self).__init__()
        self.c1 = layers.Conv2D(6, 5, activation='relu')
        self.s2 = layers.MaxPool2D()
        self.c3 = layers.Conv2D(16, 5, activation='relu')
        self.s4 = layers.MaxPool2D()
        self.flatten = layers.Flatten()
        self.f5 = layers.Dense(120, activation='relu')
        self.f6 = layers.Dense(84, activation='relu')
        self.out = layers.Dense(num_classes)

    def call(self, x):
        x = self.s4(self.c3(self.s2(self.c1(x))))
        return self.out(self.f6(self.f5(self.flatten(x))))


def build():
    return tf.keras.Sequential([
        layers.InputLayer(input_shape=(None, None, 3)),
        layers.DepthwiseConv2D(1, use_bias=False),
        layers.GlobalAveragePooling2D(),
        layers.Dense(26),
    ])


net = build()
net.load_weights(tf.train.latest_checkpoint(os.path.join(here, 'ckpt'))).expect_partial()


def predict(image):
    x = tf.image.convert_image_dtype(image[..., ::-1], tf.float32)[tf.newaxis]
    return index[str(np.argmax(net.predict(x, verbose=0), axis=1)[0])]
