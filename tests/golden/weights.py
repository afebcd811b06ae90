"""Makes the small weights that golden submissions load; run by the runtime's own interpreter.

``python weights.py MADE FILE`` writes FILE. MADE is a name that `MAKERS` knows, such as "bgr.pth",
and the name of the layer in the file where it is not the maker's own: "bgr.pth classifier.1". All
of them are one linear layer with 26 outputs on the means of an image's three channels: "net" always
answers class 1, "bgr" tells the colours of `tests.submissions.colours` (scaled to 0..1) apart, and
so does "rgb", for images in that order.
"""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

_MADE: dict[tuple[str, str], Path] = {}


def made(python: str, name: str, folders: Any) -> Path:
    """The file `name`, made once a test session by the interpreter `python`."""
    from tests.worker.client import cuda_runtime  # which other interpreters do not have

    if (python, name) not in _MADE:
        file = folders.mktemp("weights") / name.partition(" ")[0]
        command = [python, "-I", "-B", __file__, name, str(file)]
        libraries = ":".join(map(str, cuda_runtime(python)))
        environment = {**os.environ, "LD_LIBRARY_PATH": libraries, "TF_CPP_MIN_LOG_LEVEL": "3"}
        subprocess.run(command, check=True, capture_output=True, env=environment)
        _MADE[python, name] = file
    return _MADE[python, name]


def numbers(kind: str) -> tuple[Any, Any]:
    """Weights (26, 3) and biases (26) of "net", "bgr" or "rgb"; without those of class 24 where
    "25" follows, as of a network trained on 25 folders.
    """
    weight, bias = np.zeros((26, 3), np.float32), np.zeros(26, np.float32)
    if kind == "net":
        bias[1] = 1
        return weight, bias
    # The largest of x * i - i² / 2 is that of the i nearest to x, here (255 * blue - 4) / 9.
    index = np.arange(26, dtype=np.float32)
    weight[:, kind.index("b")] = 255 * index / 9
    bias = -(index**2) / 2 - 4 * index / 9
    if kind.endswith("25"):
        bias[25] -= 1  # class 24 lies halfway between its neighbours
        return np.delete(weight, 24, axis=0), np.delete(bias, 24)
    return weight, bias


def npz(path: str, kind: str, layer: str) -> None:
    """NumPy's own format."""
    weight, bias = numbers(kind)
    np.savez(path, weight=weight, bias=bias)


def ckpt(path: str, kind: str, layer: str) -> None:
    """A MindSpore checkpoint."""
    mindspore = import_module("mindspore")

    mindspore.set_context(device_target="CPU")
    weight, bias = (mindspore.Tensor(values) for values in numbers(kind))
    layer = layer or "dense"
    parameters = [
        {"name": layer + ".weight", "data": weight},
        {"name": layer + ".bias", "data": bias},
    ]
    mindspore.save_checkpoint(parameters, path)


def pth(path: str, kind: str, layer: str) -> None:
    """A PyTorch state."""
    torch = import_module("torch")

    torch.save(_state(torch, kind, layer or "fc"), path)


def _state(torch: Any, kind: str, layer: str) -> dict[str, Any]:
    weight, bias = (torch.from_numpy(values) for values in numbers(kind))
    return {layer + ".weight": weight, layer + ".bias": bias}


def tar(path: str, kind: str, layer: str) -> None:
    """A checkpoint of a network in nn.DataParallel, as training scripts keep it."""
    torch = import_module("torch")

    state = _state(torch, kind, "module." + (layer or "fc"))
    torch.save({"epoch": 30, "best_acc": 0.93, "state_dict": state}, path)


def on_device(path: str, kind: str, layer: str) -> None:
    """`pth` as a machine with the device of the file's suffix would have written it."""
    import zipfile

    pth(path, kind, layer)
    with zipfile.ZipFile(path) as archive:
        parts = {item: archive.read(item) for item in archive.namelist()}
    name = DEVICES[Path(path).suffix].encode()
    cpu, device = (
        b"X\x03\x00\x00\x00cpu",
        b"X" + len(name).to_bytes(4, "little") + name,
    )  # as pickled
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for item, data in parts.items():
            archive.writestr(item, data.replace(cpu, device) if "data.pkl" in item else data)


def whole(path: str, kind: str, layer: str) -> None:
    """A whole pickled PyTorch network of a library's class, as `torch.save(net)` makes it."""
    torch = import_module("torch")

    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3, 26))
    net.load_state_dict(_state(torch, kind, "1"))
    torch.save(net, path)


def old_block(path: str, kind: str, layer: str) -> None:
    """A whole pickled network with a block of torchvision 0.8, whose module has it no more."""
    torch = import_module("torch")
    module = import_module("torchvision.models.mobilenet")
    nn = torch.nn

    class ConvBNReLU(nn.Sequential):  # type: ignore[misc, name-defined]
        pass

    ConvBNReLU.__module__, ConvBNReLU.__qualname__ = module.__name__, "ConvBNReLU"
    module.ConvBNReLU = ConvBNReLU  # type: ignore[attr-defined]
    block = ConvBNReLU(
        nn.Conv2d(3, 3, 1, groups=3, bias=False), nn.BatchNorm2d(3), nn.ReLU6(inplace=True)
    )
    nn.init.ones_(block[0].weight)
    head = nn.Linear(3, 26)
    head.load_state_dict({key[3:]: value for key, value in _state(torch, kind, "fc").items()})
    torch.save(nn.Sequential(block, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head), path)


def script(path: str, kind: str, layer: str) -> None:
    """A whole pickled network whose class the script defined that saved it."""
    torch = import_module("torch")

    class Net(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.fc = torch.nn.Linear(3, 26)

    Net.__module__, Net.__qualname__ = "__main__", "Net"
    sys.modules["__main__"].Net = Net  # type: ignore[attr-defined]
    net = Net()
    net.load_state_dict(_state(torch, kind, "fc"))
    torch.save(net, path)


def traced(path: str, kind: str, layer: str) -> None:
    """TorchScript."""
    torch = import_module("torch")

    net = torch.nn.Sequential(
        torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(3, 26)
    )
    net.load_state_dict(_state(torch, kind, "2"))
    torch.jit.trace(net, torch.zeros(1, 3, 8, 8)).save(path)


def keras(path: str, kind: str, layer: str) -> None:
    """A whole Keras model, in the format that the file's name asks for."""
    keras = import_module("tensorflow").keras

    pool = keras.layers.GlobalAveragePooling2D()
    head = keras.layers.Dense(26, name=layer or "predictions")
    model = keras.Sequential([keras.Input((None, None, 3)), pool, head])
    weight, bias = numbers(kind)
    head.set_weights([weight.T, bias])
    model.save(path)


def old_keras(path: str, kind: str, layer: str) -> None:
    """A network of Keras 2: whole in one file or as a SavedModel, or its variables alone."""
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    keras = import_module("tensorflow").keras

    same = keras.layers.DepthwiseConv2D(1, use_bias=False, depthwise_initializer="ones")
    pool = keras.layers.GlobalAveragePooling2D()
    head = keras.layers.Dense(26, name=layer or "predictions")
    model = keras.Sequential([keras.Input((None, None, 3)), same, pool, head])
    weight, bias = numbers(kind)
    head.set_weights([weight.T, bias])
    if path.endswith(".variables"):
        model.save_weights(path + "/weights", save_format="tf")
    else:
        model.save(path, save_format="h5" if path.endswith(".hdf5") else "tf")


def frozen(path: str, kind: str, layer: str) -> None:
    """A frozen graph of TensorFlow 1: input (N, 3), scores (N, 26)."""
    tf = import_module("tensorflow").compat.v1

    weight, bias = numbers(kind)
    with tf.Graph().as_default() as graph:
        means = tf.placeholder(tf.float32, [None, 3], name="input")
        tf.add(tf.matmul(means, tf.constant(weight.T)), tf.constant(bias), name="scores")
    Path(path).write_bytes(graph.as_graph_def().SerializeToString())


def exported(path: str, kind: str, layer: str) -> None:
    """An export of MindSpore's that takes an image of 8 x 8: MindIR or ONNX, by its suffix."""
    mindspore = import_module("mindspore")
    mindspore.set_context(device_target="CPU", mode=mindspore.GRAPH_MODE)

    class Net(mindspore.nn.Cell):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.mean, self.dense = mindspore.ops.ReduceMean(), mindspore.nn.Dense(3, 26)

        def construct(self, x: Any) -> Any:
            return self.dense(self.mean(x, (2, 3)))

    net = Net().set_train(False)
    weight, bias = map(mindspore.Tensor, numbers(kind))
    net.dense.weight.set_data(weight)
    net.dense.bias.set_data(bias)
    given = mindspore.Tensor(np.zeros((1, 3, 8, 8), np.float32))
    stem, _, suffix = path.rpartition(".")
    mindspore.export(net, given, file_name=stem, file_format=suffix.upper())


def tflite(path: str, kind: str, layer: str) -> None:
    """An export for phones that takes one image of 8 x 8, channels last."""
    tf = import_module("tensorflow")

    weight, bias = numbers(kind)

    def answer(x: Any) -> Any:
        return tf.matmul(tf.reduce_mean(x, (1, 2)), tf.constant(weight.T)) + bias

    asked = tf.function(answer, input_signature=[tf.TensorSpec([1, 8, 8, 3], tf.float32)])
    converter = tf.lite.TFLiteConverter.from_concrete_functions([asked.get_concrete_function()])
    Path(path).write_bytes(converter.convert())


def part(path: str, kind: str, layer: str) -> None:
    """The first part of a PyTorch state, as an upload that broke off leaves it."""
    pth(path, kind, layer)
    os.truncate(path, 700)


DEVICES = {".cuda": "cuda:0", ".mps": "mps", ".npu": "npu:0"}
MAKERS = {
    ".npz": npz,
    ".ckpt": ckpt,
    ".pth": pth,
    ".tar": tar,
    **dict.fromkeys(DEVICES, on_device),
    ".whole": whole,
    ".script": script,
    ".block": old_block,
    ".traced": traced,
    ".keras": keras,
    ".h5": keras,
    ".hdf5": old_keras,
    ".pb": frozen,
    ".saved": old_keras,  # a folder
    ".variables": old_keras,  # a folder
    ".part": part,
    ".mindir": exported,
    ".onnx": exported,
    ".tflite": tflite,
}

if __name__ == "__main__":
    name, _, layer = sys.argv[1].partition(" ")
    MAKERS[Path(name).suffix](sys.argv[2], Path(name).stem, layer)
