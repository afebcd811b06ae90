"""Functions of libraries that open files by themselves, in C++ or Rust, where Python hears of
nothing: who wants to know has to ask before they are called.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from types import ModuleType
from typing import Any, Callable

MAX_PATH = 4096  # characters; longer strings are contents

# module: what of it opens a path among its arguments. A class is meant by its `__init__`.
READERS = {
    "cv2": (
        *("imread", "imreadmulti", "imcount", "haveImageReader", "imwrite"),
        *("dnn.readNet", "dnn.readNetFromCaffe", "dnn.readNetFromDarknet", "dnn.readNetFromONNX"),
        *("dnn.readNetFromTensorflow", "dnn.readNetFromTorch", "dnn.readNetFromTFLite"),
        *("dnn.readNetFromModelOptimizer", "VideoCapture", "FileStorage", "CascadeClassifier"),
    ),
    "h5py": ("File.__init__",),
    "mindspore.train.serialization": ("load", "load_checkpoint"),
    "onnxruntime": ("InferenceSession.__init__",),
    "safetensors": ("safe_open",),
    "tensorflow.python.lib.io._pywrap_file_io": (
        *("FileExists", "BufferedInputStream", "WritableFile", "GetChildren", "IsDirectory"),
        *("GetMatchingFiles", "Stat", "ReadFileToString"),
    ),
    "tensorflow.python.ops.gen_io_ops": ("read_file", "matching_files"),
    "tensorflow.python.training.py_checkpoint_reader": ("NewCheckpointReader",),
    "tensorflow.lite.python.interpreter": ("Interpreter.__init__",),
    "torch": ("jit.load", "from_file"),
    "torchvision.io.image": ("read_file", "read_image", "write_file"),
    "xgboost": ("Booster.load_model",),
    "lightgbm": ("Booster.__init__",),
}


_SILENT = "cv2"  # tells by its answer, not by an exception, that a file is not there


def watch(module: ModuleType, ask: Callable[[Any], None]) -> None:
    """Have `ask` hear each path before a reader of `module` opens it. Where that raises
    FileNotFoundError, this comes in place of an answer, or, from readers that raise none, what they
    answer about a file that is nowhere.
    """
    for name in READERS[module.__name__]:
        owner: Any = module
        *inner, last = name.split(".")
        for part in inner:
            owner = getattr(owner, part, None)
        reader = getattr(owner, last, None)
        if reader is not None:
            setattr(owner, last, _asking(reader, ask, module.__name__ == _SILENT))


def _asking(
    reader: Callable[..., Any], ask: Callable[[Any], None], silent: bool
) -> Callable[..., Any]:
    def asked(argument: Any) -> Any:
        path = os.fspath(argument) if isinstance(argument, (str, bytes, os.PathLike)) else ""
        if 0 < len(path) < MAX_PATH:
            try:
                ask(argument)
            except FileNotFoundError:
                if silent:
                    return str(Path("nowhere", Path(os.fsdecode(path)).name))
                raise
        return argument

    @functools.wraps(reader, updated=() if isinstance(reader, type) else ("__dict__",))
    def reading(*arguments: Any, **options: Any) -> Any:
        options = {name: asked(value) for name, value in options.items()}
        return reader(*map(asked, arguments), **options)

    return reading
