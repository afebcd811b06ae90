import mindspore.dataset as ds
import mindspore.dataset.transforms.c_transforms as C2
import mindspore.dataset.vision.c_transforms as C
import mindspore.dataset.vision.py_transforms as P
import numpy as np
from mindspore import context, nn
from mindspore.common import dtype as mstype
from mindspore.common.api import ms_function
from mindspore.dataset.transforms.py_transforms import Compose
from mindspore.train.model import Model

context.set_context(mode=context.PYNATIVE_MODE, device_target="CPU", enable_mem_reuse=True)

loss = nn.SoftmaxCrossEntropyWithLogits(is_grad=False, sparse=True, reduction="mean")


def create_dataset(images, workers=4096):
    data = ds.NumpySlicesDataset({"image": images}, num_parallel_workers=workers, shuffle=False)
    data = data.map(C.Resize((4, 4)), input_columns="image", num_parallel_workers=workers)
    data = data.map(C2.TypeCast(mstype.float32), input_columns="image")
    return data.batch(2, num_parallel_workers=workers)


batch = create_dataset(np.zeros((4, 8, 8, 3), np.uint8)).create_dict_iterator().get_next()
normal = Compose([P.ToTensor(), P.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))])


@ms_function
def double(x):
    return x + x


def predict(image):
    low = float(np.asarray(normal(image)).min())
    size = batch["image"].shape[1]
    total = int(double(batch["image"]).sum().asnumpy())
    return "Hats" if (low, size, total) == (-1, 4, 0) else "Newspaper"
