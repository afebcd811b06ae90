"""Makes a MobileNetV2 submission as the course teaches it: 224 x 224, PyNative, one image at a
time.

``python benchmarks/course_submission.py FOLDER``. The backbone's weights are random and the head is
trained on the sample set, so that answers differ from image to image; what is compared is whether
two runtimes give the same, not whether they are right.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "hidden_tests" / "images"

BACKBONE = """
import sys
import reference.framework
import mindspore as ms
from reference.garbage.networks import build
ms.set_seed(1)
ms.save_checkpoint(build("mobilenet-v2"), sys.argv[1])
"""

MAIN = """\
import cv2
import mindspore as ms
import numpy as np
from labels import NAMES
from mindspore import Tensor, context
from mindspore.train.serialization import load_checkpoint, load_param_into_net
from networks import build

context.set_context(mode=context.PYNATIVE_MODE, device_target="CPU")
net = build("mobilenet-v2")
load_param_into_net(net, load_checkpoint("./results/mobilenet-v2.ckpt"))
net.set_train(False)


def predict(image):
    image = cv2.resize(image, (224, 224))[:, :, ::-1]
    image = (image / 255.0 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    image = image.transpose(2, 0, 1)[None].astype(np.float32)
    return NAMES[int(net(Tensor(image)).asnumpy().argmax())]
"""


def make(folder: Path) -> Path:
    """The submission at `folder`, which must not exist."""

    def python(*words: object) -> None:
        command = [sys.executable, *map(str, words)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603

    with tempfile.TemporaryDirectory() as temporary:
        backbone, trained = Path(temporary) / "backbone.ckpt", Path(temporary) / "trained"
        network = ["--network", "mobilenet-v2"]
        python("-c", BACKBONE, backbone)
        python(
            "-m", "reference.garbage", "train", *network, "--backbone", backbone,
            "--data", IMAGES, "--out", trained, "--epochs", 30,
        )  # fmt: skip
        last = max(trained.glob("*.ckpt"), key=lambda path: path.stat().st_mtime_ns)
        python(
            "-m", "reference.garbage", "submission", *network, "--checkpoint", last, "--out", folder
        )
    (checkpoint,) = (folder / "results").glob("*.ckpt")
    checkpoint.rename(folder / "results" / "mobilenet-v2.ckpt")
    (folder / "main.py").write_text(MAIN, encoding="utf-8")
    shutil.rmtree(folder / "__pycache__", ignore_errors=True)
    return folder


if __name__ == "__main__":
    sys.stdout.write(f"{make(Path(sys.argv[1]))}\n")
