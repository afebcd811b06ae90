import mindspore
import numpy as np

both = np.concat([np.ones(3), np.zeros(2)])
assert not hasattr(mindspore.numpy, "no_such_name")


def predict(image):
    x = np.permute_dims(np.astype(image, np.float32), (2, 0, 1)) / 255
    assert np.isdtype(x.dtype, "real floating") and np.acos(both[0]) == 0
    return "Hats" if x.shape[0] == 3 and mindspore.Tensor(x).shape[0] == 3 else "Paper"
