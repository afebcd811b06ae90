"""Submissions that fix a device which this run has not, where the assignment lets them be moved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.worker.client import Worker, write
from tests.worker.runtimes import require

CONTEXT = """
import numpy as np
from mindspore import Tensor, context, nn
context.set_context(mode=context.GRAPH_MODE, device_target="Ascend", device_id=3)
net = nn.Dense(3, 26, bias_init="zeros")
def predict(image):
    return str(net(Tensor(np.ones((1, 3), np.float32))).shape)
"""
SET_DEVICE = """
import mindspore as ms
ms.set_device("Ascend", 1)
net = ms.nn.Dense(3, 26)
def predict(image):
    return str(net(ms.ops.ones((1, 3))).shape)
"""
TORCH = """
import torch
from torch import nn
torch.cuda.set_device(0)
device = torch.device("cuda:0")
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(8, 26)).to(device)
net.eval()
torch.save(net.state_dict(), "net.pth")
net.load_state_dict(torch.load("net.pth", map_location="cuda:0"))
other = nn.Linear(3, 3).cuda()
offset = torch.zeros(1, 26, device="cuda")
def predict(image):
    x = torch.ones(1, 3, 3, 3).cuda(non_blocking=True)
    with torch.no_grad():
        out = (net(x.to("cuda")) + offset).cpu().numpy()
    return str(tuple(out.shape))
"""


@pytest.mark.parametrize(
    ("runtime", "main", "notes"),
    [
        ("mindspore", CONTEXT, {"set_context(device_target='Ascend') → CPU"}),
        ("mindspore1", CONTEXT, {"set_context(device_target='Ascend') → CPU"}),
        ("mindspore", SET_DEVICE, {"set_device('Ascend') → CPU"}),
        ("torch", TORCH, {"cuda:0 → CPU", "cuda → CPU", "cuda() → CPU"}),
    ],
    ids=["context", "context1", "set_device", "torch"],
)
def test_they_run_on_what_is_there_and_say_so(
    tmp_path: Path, runtime: str, main: str, notes: set[str]
) -> None:
    submission = write(tmp_path / "submission", main=main)
    with Worker(tmp_path / "moved", require(runtime)) as worker:
        report = worker.load(submission, move=True)
        assert report["error"] is None, report["error"]
        assert notes <= set(report["compatibility"])
        assert worker.predict(np.zeros((8, 8, 3), np.uint8)) == ("word", "(1, 26)")
    with Worker(tmp_path / "refused", require(runtime)) as worker:
        report = worker.load(submission)
        refused = report["error"] or worker.predict(np.zeros((8, 8, 3), np.uint8))
        assert refused != ("word", "(1, 26)")
        assert not notes & set(report["compatibility"])
