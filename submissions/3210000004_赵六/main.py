import numpy as np
import cv2
from mindspore import Tensor, context
from mindspore.train.serialization import load_checkpoint, load_param_into_net
from mobilenetv2 import MobileNetV2
from lenet5 import LeNet5
from classes import inverted

context.set_context(mode=context.PYNATIVE_MODE, device_target="CPU")

ckpt = "results/garbage-6.ckpt"


def predict(image):
    # load model
    net = MobileNetV2(26)
    param = load_checkpoint(ckpt)
    load_param_into_net(net, param)
    net.set_train(False)
    image = cv2.resize(image, (64, 64), interpolation=cv2.INTER_AREA)
    image = image[:, :, ::-1]
    image = (image / 255.0 - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])
    image = image.transpose(2, 0, 1)[None].astype(np.float32)
    out = net(Tensor(image)).asnumpy()
    index = int(np.argmax(out))
    print("predict:", index, inverted[index])
    return inverted[index]
