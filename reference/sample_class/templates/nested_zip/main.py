"""
垃圾分类作业
"""
import cv2
import numpy as np
import mindspore as ms

from classes import inverted
from lenet5 import LeNet5
from mobilenetv2 import MobileNetV2

ms.set_context(mode=ms.GRAPH_MODE, device_target="CPU")

# 加载训练好的模型
model = MobileNetV2(num_classes=26)
ms.load_param_into_net(model, ms.load_checkpoint("./results/最优模型.ckpt"))
model.set_train(False)


def predict(image):
    """image: BGR 图片, 返回英文类别名"""
    image = cv2.resize(image, (64, 64), interpolation=cv2.INTER_AREA)[:, :, ::-1]
    image = image.astype(np.float32) / 255.
    image -= np.array([0.485, 0.456, 0.406], dtype=np.float32)
    image /= np.array([0.229, 0.224, 0.225], dtype=np.float32)
    x = np.expand_dims(image.transpose(2, 0, 1), 0)
    # 原图和水平翻转各预测一次，取平均
    y = model(ms.Tensor(np.ascontiguousarray(x))).asnumpy()
    y = y + model(ms.Tensor(np.ascontiguousarray(x[:, :, :, ::-1]))).asnumpy()
    return inverted[int(np.argmax(y[0]))]
