"""垃圾分类训练与测试脚本 (train & test script)"""
import argparse
import os

import cv2
import numpy as np
from mindspore import Tensor, context, load_checkpoint, load_param_into_net

from classes import inverted, label_map
from lenet5 import LeNet5
from mobilenetv2 import MobileNetV2

context.set_context(mode=context.GRAPH_MODE, device_target="CPU")


def get_args():
    parser = argparse.ArgumentParser()
    parser.add_argument('--test_dir', type=str, default='./datasets/garbage_26x100/val')
    parser.add_argument('--ckpt', type=str, default='./results/net.ckpt')
    return parser.parse_args()


def test(args):
    net = MobileNetV2(26)
    load_param_into_net(net, load_checkpoint(args.ckpt))
    net.set_train(False)
    right = total = 0
    for folder in sorted(os.listdir(args.test_dir)):
        for name in os.listdir(os.path.join(args.test_dir, folder)):
            img = cv2.imread(os.path.join(args.test_dir, folder, name))
            img = cv2.resize(img, (64, 64), interpolation=cv2.INTER_AREA)[:, :, ::-1] / 255.0
            img = (img - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
            out = net(Tensor(img.transpose(2, 0, 1)[np.newaxis].astype(np.float32)))
            pred = int(out.asnumpy().argmax())
            print(name, inverted[pred])
            right += pred == label_map[folder]
            total += 1
    print('accuracy: %.4f' % (right / total))


if __name__ == '__main__':
    test(get_args())
