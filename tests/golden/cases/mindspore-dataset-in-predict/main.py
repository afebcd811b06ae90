import cv2
import numpy as np
import mindspore.common.dtype as mstype
import mindspore.dataset as de
import mindspore.dataset.transforms.c_transforms as C2
import mindspore.dataset.transforms.vision.c_transforms as V
import mindspore.dataset.vision.c_transforms as C
import mindspore.nn as nn
from mindspore import context, load_checkpoint, load_param_into_net
from mindspore.ops import operations as P

context.set_context(mode=context.GRAPH_MODE, device_target="CPU")
names = {
    0: 'Plastic Bottle', 1: 'Hats', 2: 'Newspaper', 3: 'Cans', 4: 'Glassware',
    5: 'Glass Bottle', 6: 'Cardboard', 7: 'Basketball', 8: 'Paper', 9: 'Metalware',
    10: 'Disposable Chopsticks', 11: 'Lighter', 12: 'Broom', 13: 'Old Mirror',
    14: 'Toothbrush', 15: 'Dirty Cloth', 16: 'Seashell', 17: 'Ceramic Bowl',
    18: 'Paint bucket', 19: 'Battery', 20: 'Fluorescent lamp', 21: 'Tablet capsules',
    22: 'Orange Peel', 23: 'Vegetable Leaf', 24: 'Eggshell', 25: 'Banana Peel',
}


class Net(nn.Cell):
    def __init__(self):
        super(Net, self).__init__()
        self.pool = P.ReduceMean(keep_dims=False)
        self.dense = nn.Dense(3, 26)

    def construct(self, x):
        return self.dense(self.pool(x, (2, 3)))


def create_dataset(images, resize=32, workers=4):
    data = de.NumpySlicesDataset({"image": images}, shuffle=False, num_parallel_workers=workers)
    ops = [V.Resize(resize), C.Rescale(1.0 / 255.0, 0.0), C.HWC2CHW(), C2.TypeCast(mstype.float32)]
    data = data.map(operations=ops, input_columns="image", num_parallel_workers=workers)
    return data.batch(1, drop_remainder=True)


loss = nn.SoftmaxCrossEntropyWithLogits(is_grad=False, sparse=True, reduction='mean')
net = Net()
load_param_into_net(net, load_checkpoint('results/mobilenetv2.ckpt'))


def predict(image):
    image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    x = create_dataset([image]).create_dict_iterator().get_next()["image"]
    return names[int(net(x).asnumpy().argmax())]
