import json
import os

import numpy as np
from mindspore import Tensor, float32, load_checkpoint, load_param_into_net

from net import Net

BASE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(BASE, "classes.json"), encoding="utf-8") as f:
    classes = json.load(f)

net = Net(len(classes))
load_param_into_net(net, load_checkpoint(os.path.join(BASE, "results/ckpt/mobilenetv2_26.ckpt")))


def predict(image):
    x = Tensor(np.transpose(image, (2, 0, 1))[None, ...] / 255.0, float32)
    idx = int(net(x).asnumpy().argmax())
    return classes[idx]["name"]
