import importlib.util

import numpy as np
import pytorch_lightning as pl
import torch_of_nobody.nn.functional as F
import albumentations as A
import wandb
from google.colab import drive
from my_plots import draw
from torch_of_nobody import nn

try:
    import no_such_accelerator

    FAST = True
except ImportError:
    FAST = False

drive.mount("/content/drive")
run = wandb.init(project="garbage", config={"lr": 0.1})
with run:
    wandb.log({"loss": 0.3})
for _ in run.history():
    raise ValueError("a stand-in holds nothing")
assert importlib.util.find_spec("no_such_accelerator") is None
assert not isinstance(run, pl.Trainer)


@wandb.watch
def scaled(image: np.ndarray) -> "np.ndarray | nn.Tensor":
    return image / 255


class Lit(pl.LightningModule):
    def __init__(self, rate=0.1):
        super().__init__()


augment = A.Compose([A.Resize(64, 64), A.Flip(p=0.5)]).to("cpu")
try:
    fast = A.fast()
except ImportError:
    fast = True
assert fast is True


def train(trainer: pl.Trainer | None = None, criterion=nn.CrossEntropyLoss):
    draw(F.relu(criterion()(trainer)))


def predict(image):
    return "Hats" if not FAST and scaled(image).ndim == 3 else "Paper"
