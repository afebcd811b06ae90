import json
import os.path as osp

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
cur = osp.dirname(osp.realpath(__file__))

graph = tf.Graph()
with graph.as_default():
    graph_def = tf.GraphDef()
    with tf.gfile.GFile(osp.join(cur, 'pb/frozen.pb'), 'rb') as f:
        graph_def.ParseFromString(f.read())
    tf.import_graph_def(graph_def, name='')
config = tf.ConfigProto(allow_soft_placement=True)
config.gpu_options.allow_growth = True
sess = tf.Session(graph=graph, config=config)
x, scores = graph.get_tensor_by_name('input:0'), graph.get_tensor_by_name('scores:0')
names = json.load(open(osp.join(cur, 'index.json'), encoding='utf8'))


def predict(image):
    mean = image[..., ::-1].mean(axis=(0, 1), keepdims=True)[0] / 255.
    return names[str(np.squeeze(sess.run(scores, feed_dict={x: mean})).argmax())]


class LeNet5(tf.keras.Model):
    def __init__(self):
        super(LeNet5, self).__init__(name='lenet5')
        self.conv1 = tf.keras.layers.Conv2D(6, 5, activation=tf.nn.relu)
        self.pool1 = tf.keras.layers.MaxPool2D(2, 2)
        self.conv2 = tf.keras.layers.Conv2D(16, 5, activation=tf.nn.relu)
        self.pool2 = tf.keras.layers.MaxPool2D(2, 2)
        self.flatten = tf.keras.layers.Flatten()
        self.fc1 = tf.keras.layers.Dense(120, activation=tf.nn.relu)
        self.fc2 = tf.keras.layers.Dense(84, activation=tf.nn.relu)
        self.fc3 = tf.keras.layers.Dense(10)

    def call(self, inputs):
        x = tf.transpose(inputs, [0, 2, 3, 1])
        x = self.pool1(self.conv1(x))
        x = self.pool2(self.conv2(x))
        return self.fc3(self.fc2(self.fc1(self.flatten(x))))
