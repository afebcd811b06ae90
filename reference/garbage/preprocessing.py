"""From an image as `predict` receives it to the input of a network; needs only numpy and OpenCV.

A submission carries a copy of this file, so it imports nothing else of the reference.
"""

import cv2
import numpy as np
import numpy.typing as npt

# Mean and standard deviation of ImageNet's red, green and blue, of 0 to 1; most backbones
# were trained with them. That of EfficientNet-lite was with -1 to 1, and the head learns either.
_MEAN = np.array((0.485, 0.456, 0.406), np.float32)
_DEVIATION = np.array((0.229, 0.224, 0.225), np.float32)


def prepare(image: npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.float32]:
    """Turn a uint8 image (H, W, 3) in BGR order into a float32 array (3, size, size), in RGB."""
    if image.shape[:2] != (size, size):
        # INTER_AREA averages: the other methods skip pixels when they make an image smaller.
        image = np.asarray(cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
    rgb = image[:, :, ::-1].astype(np.float32) / 255.0
    return np.ascontiguousarray(((rgb - _MEAN) / _DEVIATION).transpose(2, 0, 1))
