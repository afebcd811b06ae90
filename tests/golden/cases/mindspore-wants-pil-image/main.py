import mindspore.dataset.vision as vision
import numpy as np
from mindspore import Tensor, nn

model = nn.Dense(3, 26)


def preprocess(img):
    img = img.convert("RGB")
    return vision.ToTensor()(vision.Resize((224, 224))(img))


def predict(image):
    x = preprocess(image).mean(axis=(1, 2))
    return str(model(Tensor(x[None])).argmax())
