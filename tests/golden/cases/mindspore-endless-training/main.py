import os
import shutil
import time

import numpy as np
import mindspore.dataset as ds
from mindspore import Model, nn
from mindspore.train.callback import Callback, CheckpointConfig, ModelCheckpoint

ckpt_dir = './results/ckpt_mobilenetv2'
if os.path.exists(ckpt_dir):
    shutil.rmtree(ckpt_dir)
os.makedirs(ckpt_dir)

network = nn.Dense(3, 26)


def predict(image):
    return 'Hats'


class Monitor(Callback):
    """每个 epoch 打印一次 loss"""

    def on_train_epoch_end(self, run_context):
        print('epoch', run_context.original_args().cur_epoch_num)
        time.sleep(0.05)


def train(epochs):
    features = np.random.rand(64, 3).astype(np.float32)
    labels = np.random.randint(0, 26, 64).astype(np.int32)
    data = ds.NumpySlicesDataset({'image': features, 'label': labels}).batch(32)
    loss = nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction='mean')
    opt = nn.Momentum(network.trainable_params(), 0.01, 0.9)
    model = Model(network, loss, opt)
    save = ModelCheckpoint('mobilenetv2', ckpt_dir, CheckpointConfig(100))
    model.train(epochs, data, callbacks=[Monitor(), save], dataset_sink_mode=False)


train(1000)
