"""EfficientNet-Lite0 in MindSpore computes what PyTorch computes with the same weights."""

from importlib.util import find_spec

import mindspore as ms
import numpy as np
import pytest

from reference import framework
from reference.garbage import imagenet
from reference.garbage.networks import build


@pytest.mark.skipif(
    find_spec(imagenet.PACKAGE.replace("-", "_")) is None,
    reason=f"{imagenet.PACKAGE} is not installed (extra `reference`)",
)
def test_features_are_those_of_pytorch() -> None:
    framework.set_up(seed=1, graph=False)
    network = build("efficientnet-lite0")
    framework.assign(network, imagenet.efficientnet_lite0(), "ImageNet weights", ignore=("head",))
    network.set_train(False)
    ramp = np.linspace(-2, 2, 3 * 224 * 224, dtype=np.float32).reshape(1, 3, 224, 224)
    features = network.pool(network.features(ms.Tensor(ramp))).asnumpy()[0]
    # Measured once with PyTorch 2.14 and efficientnet-lite-pytorch 0.1.0.
    expected = {2: 0.00328413, 9: 0.0866923, 23: 0.27325225, 29: 2.2900949, 113: 5.3811135}
    for channel, value in expected.items():
        assert features[channel] == pytest.approx(value, abs=1e-4)
    assert features.sum() == pytest.approx(93.52588, abs=1e-2)
