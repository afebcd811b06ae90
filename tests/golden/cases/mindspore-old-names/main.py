import collections

import mindspore.common.dtype as mstype
import numpy as np
import pandas as pd
import seaborn as sns
from mindspore import Tensor, ops
from PIL import Image
from skimage.feature import hog
from sklearn.metrics import confusion_matrix

label = pd.read_csv('label.csv', encoding='gbk')
assert isinstance(label.to_dict(), collections.Mapping)
with np.load('rgb.npz') as data:
    weight, bias = Tensor(data['weight'], mstype.float32), Tensor(data['bias'], mstype.float32)


def predict(image):
    img = Image.fromarray(image[:, :, ::-1]).resize((224, 224), Image.ANTIALIAS)
    mean = np.asarray(img, np.float32).mean(axis=(0, 1), keepdims=True)[0] / 255
    score = ops.matmul(Tensor(mean), weight.T) + bias
    index = score.asnumpy().argmax(1).astype(np.int)[0]
    return label['name'][index]
